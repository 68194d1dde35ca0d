#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

// Joining, splitting and padding: any dtype.

namespace keraunos::keras {
namespace {

std::vector<ValueId> stored_list(LayerCall& call, std::string_view name) {
  const std::vector<Operand> operands = operand_list(call, name, 0);
  const bool one_dtype = std::all_of(operands.begin(), operands.end(), [&](const Operand& other) {
    return other.type.dtype == operands[0].type.dtype && !other.type.weak;
  });
  const DType dtype =
      one_dtype ? operands[0].type.dtype : result_type(std::span<const Operand>(operands));
  std::vector<ValueId> values;
  for (const Operand& operand : operands) values.push_back(as_stored(call, operand, dtype));
  return values;
}

std::vector<ValueId> import_concatenate(LayerCall& call) {
  const std::vector<ValueId> values = stored_list(call, "xs");
  return {concat(call, values, axis_option(call, call.rank(values[0]), 0).value_or(0))};
}

std::vector<ValueId> import_stack(LayerCall& call) {
  const std::vector<ValueId> values = stored_list(call, "x");
  return {stack(call, values, axis_option(call, call.rank(values[0]) + 1, 0).value_or(0))};
}

std::vector<ValueId> import_hstack(LayerCall& call) {
  const std::vector<ValueId> values = stored_list(call, "xs");
  return {concat(call, values, call.rank(values[0]) == 1 ? 0 : 1)};
}

std::vector<ValueId> import_vstack(LayerCall& call) {
  return {concat(call, stored_list(call, "xs"), 0)};
}

// Along the third axis, which lower ranks get: (n) is (1, n, 1), (m, n) is (m, n, 1).
std::vector<ValueId> import_dstack(LayerCall& call) {
  std::vector<ValueId> values = stored_list(call, "xs");
  for (ValueId& value : values) {
    if (call.rank(value) == 0) value = expand(call, value, 0);
    if (call.rank(value) == 1) value = expand(call, value, 0);
    if (call.rank(value) == 2) value = expand(call, value, 2);
  }
  return {concat(call, values, 2)};
}

std::vector<ValueId> import_append(LayerCall& call) {
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  const DType dtype = result_type(x1, x2);
  std::vector<ValueId> values = {as_stored(call, x1, dtype), as_stored(call, x2, dtype)};
  if (call.config().find("axis")) {
    return {concat(call, values, *axis_option(call, call.rank(values[0]), 0))};
  }
  for (ValueId& value : values) value = flatten(call, value);
  return {concat(call, values, 0)};
}

// Splitting --------------------------------------------------------------------------------------

constexpr std::int64_t most_parts = 10'000;

std::vector<ValueId> cut(LayerCall& call, ValueId value, std::size_t axis,
                         const std::vector<Dim>& sizes) {
  std::vector<ValueId> parts;
  Dim start(0);
  for (const Dim& size : sizes) {
    parts.push_back(slice(call, value, axis, start, size));
    start = start + size;
  }
  return parts;
}

std::int64_t part_count(std::int64_t count) {
  if (count < 1 || count > most_parts) {
    fail(ErrorCode::unsupported, "splitting into {} parts is not supported", count);
  }
  return count;
}

// A number of equal parts, or the places of the cuts.
std::vector<ValueId> split(LayerCall& call, std::size_t axis) {
  const ValueId x = as_stored(call, first_operand(call));
  const Dim whole = call.shape(x)[axis];
  const auto sections = call.config().find("indices_or_sections");
  if (!sections) fail(ErrorCode::malformed_file, "key 'indices_or_sections': missing");
  if (!sections->is_array()) {
    const std::int64_t count = part_count(sections->as_int64());
    const Dim size = floor_div(whole, count);
    // The view demands that the parts are equal.
    Shape shape = call.shape(x);
    shape[axis] = size * Dim(count);
    return cut(call, call.view(x, std::move(shape)), axis,
               std::vector<Dim>(static_cast<std::size_t>(count), size));
  }
  std::vector<Dim> sizes;
  Dim last(0);
  part_count(static_cast<std::int64_t>(sections->size()) + 1);
  for (const file::Json place : sections->elements()) {
    sizes.push_back(Dim(to_integer(place, 0)) - last);
    last = Dim(to_integer(place, 0));
  }
  sizes.push_back(whole - last);
  return cut(call, x, axis, sizes);
}

std::vector<ValueId> import_split(LayerCall& call) {
  const std::size_t rank = shape_of(call, first_operand(call)).size();
  return split(call, axis_option(call, rank, 0).value_or(0));
}

template <std::size_t axis>
std::vector<ValueId> import_split_at(LayerCall& call) {
  const std::size_t rank = shape_of(call, first_operand(call)).size();
  const bool flat = axis == 1 && rank == 1;  // hsplit
  return split(call, normalize_axis(flat ? 0 : static_cast<std::int64_t>(axis), rank));
}

// The first parts are one cell longer where it does not divide.
std::vector<ValueId> import_array_split(LayerCall& call) {
  const ValueId x = as_stored(call, first_operand(call));
  const std::size_t axis = axis_option(call, call.rank(x), 0).value_or(0);
  const std::int64_t count = part_count(call.config().integer("indices_or_sections", 1));
  const std::int64_t whole = known_size(call.shape(x)[axis], "the split axis");
  std::vector<Dim> sizes;
  for (std::int64_t i = 0; i < count; ++i) {
    sizes.emplace_back(whole / count + (i < whole % count ? 1 : 0));
  }
  return cut(call, x, axis, sizes);
}

std::vector<ValueId> import_unstack(LayerCall& call) {
  const ValueId x = as_stored(call, first_operand(call));
  const std::size_t axis = axis_option(call, call.rank(x), 0).value_or(0);
  const Dim size = call.shape(x)[axis];
  const std::int64_t count =
      part_count(call.config().integer_or("num", 1, size.constant().value_or(0)));
  Shape shape = call.shape(x);
  shape[axis] = Dim(count);
  const ValueId whole = call.view(x, std::move(shape));
  std::vector<ValueId> parts =
      cut(call, whole, axis, std::vector<Dim>(static_cast<std::size_t>(count), Dim(1)));
  for (ValueId& part : parts) part = squeeze(call, part, {axis});
  return parts;
}

// Padding ----------------------------------------------------------------------------------------

PadAmounts to_amounts(const file::Json& json) {
  if (!json.is_array()) return {to_integer(json, 0), to_integer(json, 0)};
  if (json.size() != 1 && json.size() != 2) {
    fail(ErrorCode::malformed_file, "key 'pad_width': {} is no pair", json.dump(60));
  }
  return {to_integer(json[0], 0), to_integer(json[json.size() - 1], 0)};
}

// One pair for all axes, or a pair each.
std::vector<PadAmounts> pad_width(const LayerCall& call, std::size_t rank) {
  const auto width = call.config().find("pad_width");
  if (!width || (width->is_array() && width->size() == 0)) {
    fail(ErrorCode::malformed_file, "key 'pad_width': missing");
  }
  if (!width->is_array() || !(*width)[0].is_array()) {
    return std::vector(rank, to_amounts(*width));
  }
  if (width->size() == 1) return std::vector(rank, to_amounts((*width)[0]));
  if (width->size() != rank) {
    fail(ErrorCode::malformed_file, "key 'pad_width': {} pairs for {} axes", width->size(), rank);
  }
  std::vector<PadAmounts> amounts;
  for (const file::Json pair : width->elements()) amounts.push_back(to_amounts(pair));
  return amounts;
}

// Cells mirrored at the borders, with the border itself (skip 0) or without it (1); or the border
// again and again.
ValueId pad_by_copies(LayerCall& call, ValueId value, std::size_t axis, const PadAmounts& amounts,
                      const std::string& mode) {
  const Dim size = call.shape(value)[axis];
  const std::int64_t skip = mode == "reflect" ? 1 : 0;
  const auto copy = [&](std::int64_t count, bool before) {
    if (mode == "edge") {
      const Dim border = before ? Dim(0) : size - Dim(1);
      return repeat(call, slice(call, value, axis, border, Dim(1)), axis, Dim(count));
    }
    const Dim start = before ? Dim(count - 1 + skip) : size - Dim(1 + skip);
    return slice(call, value, axis, start, Dim(count), -1);
  };
  std::vector<ValueId> parts;
  if (amounts.before > 0) parts.push_back(copy(amounts.before, true));
  parts.push_back(value);
  if (amounts.after > 0) parts.push_back(copy(amounts.after, false));
  return concat(call, std::move(parts), axis);
}

std::vector<ValueId> import_pad(LayerCall& call) {
  ValueId x = as_stored(call, first_operand(call));
  const auto amounts = pad_width(call, call.rank(x));
  const std::string mode =
      call.config().choice("mode", {"constant", "reflect", "symmetric", "edge"});
  if (mode == "constant") {
    const auto value = optional_operand(call, "constant_values", 1);
    if (value && (!value->is_constant() || value->constant->size() != 1)) {
      fail(ErrorCode::unsupported, "called with constant_values that are not one number");
    }
    const float number = value ? value->constant->cast(DType::float32).as<float>()[0] : 0;
    return {call.emit(Pad{amounts, number}, {x})};
  }
  for (std::size_t axis = 0; axis < amounts.size(); ++axis) {
    x = pad_by_copies(call, x, axis, amounts[axis], mode);
  }
  return {x};
}

constexpr std::array classes = {
    LayerClass{"Concatenate", import_concatenate},
    LayerClass{"Append", import_append},
    LayerClass{"Stack", import_stack},
    LayerClass{"Hstack", import_hstack},
    LayerClass{"Vstack", import_vstack},
    LayerClass{"Dstack", import_dstack},
    LayerClass{"Split", import_split},
    LayerClass{"Vsplit", import_split_at<0>},
    LayerClass{"Hsplit", import_split_at<1>},
    LayerClass{"Dsplit", import_split_at<2>},
    LayerClass{"ArraySplit", import_array_split},
    LayerClass{"Unstack", import_unstack},
    LayerClass{"Pad", import_pad},
};

}  // namespace

const std::span<const LayerClass> joining_operations = classes;

}  // namespace keraunos::keras
