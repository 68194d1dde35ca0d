#include <algorithm>
#include <numeric>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"
#include "runtime/keras/operations/size_options.hpp"

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

// TensorFlow gives the sizes of the parts; one may be -1, for what is left.
std::vector<ValueId> cut_at_sizes(LayerCall& call, ValueId value, std::size_t axis, Shape sizes) {
  part_count(static_cast<std::int64_t>(sizes.size()));
  Dim known(0);
  for (const Dim& size : sizes) known = size == Dim(-1) ? known : known + size;
  const auto rest = std::find(sizes.begin(), sizes.end(), Dim(-1));
  if (rest != sizes.end()) *rest = call.shape(value)[axis] - known;
  sizes = to_shape(std::move(sizes), "num_or_size_splits");
  // The view demands that the parts are the whole.
  Shape shape = call.shape(value);
  shape[axis] = std::accumulate(sizes.begin(), sizes.end(), Dim(0));
  return cut(call, call.view(value, std::move(shape)), axis, sizes);
}

// A number of equal parts, or the places of the cuts.
std::vector<ValueId> split(LayerCall& call, std::size_t axis) {
  const ValueId x = as_stored(call, first_operand(call));
  const Dim whole = call.shape(x)[axis];
  if (auto sizes = sizes_option(call, "num_or_size_splits")) {
    return cut_at_sizes(call, x, axis, *std::move(sizes));
  }
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

// What one axis gets before and after it.
struct Margin {
  Dim before;
  Dim after;
};

// One number for all, one pair for all axes, or a pair each.
std::vector<Margin> pad_width(const LayerCall& call, std::size_t rank) {
  const Shape width = to_shape(required_sizes(call, "pad_width"), "pad_width");
  if (width.size() <= 2 && !width.empty()) {
    return std::vector(rank, Margin{width.front(), width.back()});
  }
  if (width.size() != 2 * rank) {
    fail(ErrorCode::malformed_file, "key 'pad_width': {} numbers for {} axes", width.size(), rank);
  }
  std::vector<Margin> margins;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    margins.push_back({width[2 * axis], width[2 * axis + 1]});
  }
  return margins;
}

// Cells mirrored at the borders, with the border itself (skip 0) or without it (1); or the border
// again and again.
ValueId pad_by_copies(LayerCall& call, ValueId value, std::size_t axis, const Margin& margin,
                      const std::string& mode) {
  const Dim size = call.shape(value)[axis];
  const Dim skip(mode == "reflect" ? 1 : 0);
  const auto copy = [&](const Dim& count, bool before) {
    if (mode == "edge") {
      const Dim border = before ? Dim(0) : size - Dim(1);
      return repeat(call, slice(call, value, axis, border, Dim(1)), axis, count);
    }
    const Dim start = before ? count - Dim(1) + skip : size - Dim(1) - skip;
    return slice(call, value, axis, start, count, -1);
  };
  std::vector<ValueId> parts;
  if (margin.before != Dim(0)) parts.push_back(copy(margin.before, true));
  parts.push_back(value);
  if (margin.after != Dim(0)) parts.push_back(copy(margin.after, false));
  return concat(call, std::move(parts), axis);
}

// Where the amounts are known this is one op.
ValueId pad_with(LayerCall& call, ValueId value, const std::vector<Margin>& margins, float number) {
  Pad op{{}, number};
  for (const Margin& margin : margins) {
    const auto before = margin.before.constant();
    const auto after = margin.after.constant();
    if (before && after) op.amounts.push_back({*before, *after});
  }
  if (op.amounts.size() == margins.size()) return call.emit(std::move(op), {value});
  for (std::size_t axis = 0; axis < margins.size(); ++axis) {
    const auto border = [&](const Dim& count) {
      Shape shape = call.shape(value);
      shape[axis] = count;
      return filled(call, number, call.dtype(value), std::move(shape));
    };
    std::vector<ValueId> parts = {value};
    if (margins[axis].before != Dim(0)) parts.insert(parts.begin(), border(margins[axis].before));
    if (margins[axis].after != Dim(0)) parts.push_back(border(margins[axis].after));
    value = concat(call, std::move(parts), axis);
  }
  return value;
}

std::vector<ValueId> import_pad(LayerCall& call) {
  ValueId x = as_stored(call, first_operand(call));
  const auto margins = pad_width(call, call.rank(x));
  const std::string mode =
      call.config().choice("mode", {"constant", "reflect", "symmetric", "edge"});
  if (mode == "constant") {
    const auto value = optional_operand(call, "constant_values", 1);
    if (value && (!value->is_constant() || value->constant->size() != 1)) {
      fail(ErrorCode::unsupported, "called with constant_values that are not one number");
    }
    const float number = value ? value->constant->cast(DType::float32).as<float>()[0] : 0;
    return {pad_with(call, x, margins, number)};
  }
  for (std::size_t axis = 0; axis < margins.size(); ++axis) {
    x = pad_by_copies(call, x, axis, margins[axis], mode);
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
