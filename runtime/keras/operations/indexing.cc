#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

// Picking cells by position: any dtype.

namespace keraunos::keras {
namespace {

using file::Json;

// x[key] -----------------------------------------------------------------------------------------

bool is_class(const Json& key, std::string_view name) {
  return key.is_object() && key.at("class_name").as_string() == name;
}

// One axis of x[key] as it is worked out: what is taken of it, and whether it stays.
struct Index {
  Slice slice;
  Shape result;
  std::size_t axis = 0;  // the next one of the input

  explicit Index(const Shape& input)
      : slice{Shape(input.size()), input, std::vector<std::int64_t>(input.size(), 1)} {}

  void require_axis(const Shape& input, const Json& key) const {
    if (axis < input.size()) return;
    fail(ErrorCode::shape_mismatch, "index {} of a tensor that has {} axes", key.dump(60),
         input.size());
  }

  void take_cell(const Shape& input, std::int64_t place) {
    slice.starts[axis] = place < 0 ? input[axis] + Dim(place) : Dim(place);
    slice.sizes[axis] = Dim(1);
    ++axis;
  }

  void keep(const Shape& input, std::size_t count) {
    for (; count > 0 && axis < input.size(); --count) result.push_back(input[axis++]);
  }

  void take_slice(const Shape& input, const Json& config);
};

std::optional<std::int64_t> bound_of(const Json& config, std::string_view key) {
  const auto found = config.find(key);
  if (!found || found->is_null()) return std::nullopt;
  return to_integer(*found, -(std::int64_t{1} << 31));
}

// Python's slice.indices: bounds count from the end where negative, and are clamped. A bound that
// only makes the slice empty is left as it is, so that x[1:] and x[:-1] have one formula.
void Index::take_slice(const Shape& input, const Json& config) {
  const std::int64_t step = bound_of(config, "step").value_or(1);
  if (step == 0) fail(ErrorCode::malformed_file, "a slice with a step of 0");
  const bool forward = step > 0;
  const auto first = bound_of(config, "start");
  const auto last = bound_of(config, "stop");
  const Dim size = input[axis];
  const auto counted = [&](std::int64_t bound) {
    return bound < 0 ? size + Dim(bound) : Dim(bound);
  };
  Dim start = forward ? Dim(0) : size - Dim(1);
  if (first && forward) start = *first < 0 ? max(counted(*first), Dim(0)) : Dim(*first);
  if (first && !forward) start = *first < 0 ? counted(*first) : min(Dim(*first), size - Dim(1));
  Dim stop = forward ? size : Dim(-1);
  if (last && forward) stop = *last < 0 ? counted(*last) : min(Dim(*last), size);
  if (last && !forward) stop = *last < 0 ? max(counted(*last), Dim(-1)) : Dim(*last);
  const Dim span = forward ? stop - start : start - stop;
  const bool never_negative =
      forward ? (!first && (!last || *last >= 0)) || (first && *first < 0 && !last)
              : !first && !last;
  slice.starts[axis] = start;
  slice.steps[axis] = step;
  slice.sizes[axis] = ceil_div(never_negative ? span : max(span, Dim(0)), forward ? step : -step);
  result.push_back(slice.sizes[axis++]);
}

// The keys of an index one by one, with the ellipsis that ends every index without one.
std::vector<std::optional<Json>> keys_of(const Argument& argument) {
  if (argument.kind != Argument::Kind::constant) {
    fail(ErrorCode::unsupported, "an index that holds {} is not supported", argument.describe());
  }
  const Json key = *argument.constant;
  std::vector<std::optional<Json>> keys;
  if (key.is_array()) {
    for (const Json element : key.elements()) keys.emplace_back(element);
  } else {
    keys.emplace_back(key);
  }
  const auto ellipses = std::count_if(keys.begin(), keys.end(), [](const auto& element) {
    return is_class(*element, "__ellipsis__");
  });
  if (ellipses > 1) fail(ErrorCode::malformed_file, "an index with two ellipses");
  if (ellipses == 0) keys.emplace_back(std::nullopt);
  return keys;
}

std::vector<ValueId> import_get_item(LayerCall& call) {
  const ValueId x = as_stored(call, first_operand(call));
  const Shape input = call.shape(x);
  const Argument* const argument = call.argument("key", 1);
  if (argument == nullptr) return {expand(call, x, 0)};  // x[None]
  const auto keys = keys_of(*argument);
  const auto axes_of = [](const std::optional<Json>& key) {
    return key && !key->is_null() && !is_class(*key, "__ellipsis__") ? 1 : 0;
  };
  std::size_t named = 0;
  for (const auto& key : keys) named += static_cast<std::size_t>(axes_of(key));
  Index index(input);
  for (const auto& key : keys) {
    if (!key || is_class(*key, "__ellipsis__")) {
      index.keep(input, input.size() - std::min(named, input.size()));
    } else if (key->is_null()) {
      index.result.emplace_back(1);
    } else if (index.require_axis(input, *key); is_class(*key, "__slice__")) {
      index.take_slice(input, key->at("config"));
    } else if (key->is_int()) {
      index.take_cell(input, to_integer(*key, -(std::int64_t{1} << 31)));
    } else {
      fail(ErrorCode::unsupported, "index {} is not supported", key->dump(60));
    }
  }
  const bool whole =
      index.slice.sizes == input && std::all_of(index.slice.steps.begin(), index.slice.steps.end(),
                                                [](std::int64_t step) { return step == 1; });
  const ValueId picked = whole ? x : call.emit(std::move(index.slice), {x});
  return {call.view(picked, std::move(index.result))};
}

// Slices with a shape ----------------------------------------------------------------------------

std::vector<std::int64_t> starts_of(const LayerCall& call, std::size_t rank) {
  const Operand starts = operand(call, "start_indices", 1);
  if (!starts.is_constant() || starts.constant->size() != static_cast<std::int64_t>(rank)) {
    fail(ErrorCode::unsupported, "called with start_indices that are not {} numbers", rank);
  }
  const Tensor numbers = starts.constant->cast(DType::int64);
  std::vector<std::int64_t> result;
  for (const std::int64_t start : numbers.as<std::int64_t>()) {
    if (start < 0 || start >= std::int64_t{1} << 31) {
      fail(ErrorCode::malformed_file, "a slice that starts at {}", start);
    }
    result.push_back(start);
  }
  return result;
}

// A size of -1 goes on to the end.
std::vector<ValueId> import_slice(LayerCall& call) {
  const ValueId x = as_stored(call, strong_operand(call, "inputs", 0));
  const Shape input = call.shape(x);
  const auto starts = starts_of(call, input.size());
  const auto sizes = numbers_option(call, "shape");
  if (!sizes || sizes->size() != input.size()) {
    fail(ErrorCode::malformed_file, "key 'shape': {} sizes wanted", input.size());
  }
  Slice op{Shape(), Shape(), std::vector<std::int64_t>(input.size(), 1)};
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    const std::int64_t size = (*sizes)[axis];
    op.starts.emplace_back(starts[axis]);
    op.sizes.push_back(size < 0 ? input[axis] - Dim(starts[axis]) : Dim(size));
  }
  return {call.emit(std::move(op), {x})};
}

// Where the padded mask is true, the padded updates.
std::vector<ValueId> import_slice_update(LayerCall& call) {
  const Operand inputs = strong_operand(call, "inputs", 0);
  const ValueId x = as_stored(call, inputs);
  const Shape input = call.shape(x);
  const auto starts = starts_of(call, input.size());
  const ValueId updates = as_stored(call, strong_operand(call, "updates", 2), inputs.type.dtype);
  call.require_rank(updates, input.size());
  const Shape part = call.shape(updates);
  Pad pad;
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    const std::int64_t after = known_size(input[axis] - part[axis], "what surrounds an update");
    if (after < starts[axis]) {
      fail(ErrorCode::shape_mismatch, "an update of {} at {} does not fit into {}",
           part[axis].to_string(), starts[axis], input[axis].to_string());
    }
    pad.amounts.push_back({starts[axis], after - starts[axis]});
  }
  const ValueId mask = filled(call, 1, DType::boolean, part);
  return {select(call, call.emit(pad, {mask}), call.emit(pad, {updates}), x)};
}

// Indices ----------------------------------------------------------------------------------------

ValueId as_indices(LayerCall& call, std::size_t position) {
  const Operand indices = strong_operand(call, "indices", position);
  const bool wide =
      indices.value && (indices.type.dtype == DType::int64 || indices.type.dtype == DType::uint32);
  return as_stored(call, indices, wide ? DType::int64 : DType::int32);
}

std::vector<ValueId> import_take(LayerCall& call) {
  ValueId x = as_stored(call, first_operand(call));
  const ValueId indices = as_indices(call, 1);
  const bool has_axis = call.config().find("axis").has_value();
  if (!has_axis) x = flatten(call, x);
  const std::size_t axis = has_axis ? *axis_option(call, call.rank(x), 0) : 0;
  return {call.emit(Gather{axis}, {x, indices})};
}

std::vector<ValueId> import_take_along_axis(LayerCall& call) {
  ValueId x = as_stored(call, first_operand(call));
  const ValueId indices = as_indices(call, 1);
  const bool has_axis = call.config().find("axis").has_value();
  if (!has_axis) x = flatten(call, x);
  const std::size_t axis = has_axis ? *axis_option(call, call.rank(x), 0) : 0;
  return {call.emit(GatherAlong{axis}, {x, indices})};
}

// Windows over the last axis: (..., windows, length).
std::vector<ValueId> import_extract_sequences(LayerCall& call) {
  const ValueId x = as_stored(call, first_operand(call));
  const std::size_t last = normalize_axis(-1, call.rank(x));
  const std::int64_t length = call.config().integer("sequence_length", 1);
  const std::int64_t stride = call.config().integer("sequence_stride", 1);
  const Dim count = floor_div(call.shape(x)[last] - Dim(length), stride) + Dim(1);
  const ValueId step = call.scalar(static_cast<double>(stride), DType::int32);
  const ValueId starts = call.binary(BinaryFn::multiply, expand(call, iota(call, count), 1), step);
  const ValueId places = call.binary(BinaryFn::add, starts, iota(call, Dim(length)));
  return {call.emit(Gather{last}, {x, places})};
}

constexpr std::array classes = {
    LayerClass{"GetItem", import_get_item},
    LayerClass{"Slice", import_slice},
    LayerClass{"SliceUpdate", import_slice_update},
    LayerClass{"Take", import_take},
    LayerClass{"TakeAlongAxis", import_take_along_axis},
    LayerClass{"ExtractSequences", import_extract_sequences},
};

}  // namespace

const std::span<const LayerClass> indexing_operations = classes;

}  // namespace keraunos::keras
