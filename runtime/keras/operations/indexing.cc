#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"
#include "runtime/keras/operations/size_options.hpp"

// Picking cells by position: any dtype.

namespace keraunos::keras {
namespace {

// Slices with a shape ----------------------------------------------------------------------------

Shape starts_of(const LayerCall& call, std::size_t rank) {
  Shape starts = to_shape(required_sizes(call, "start_indices", 1), "start_indices");
  if (starts.size() != rank) {
    fail(ErrorCode::malformed_file, "'start_indices' has {} numbers, {} wanted", starts.size(),
         rank);
  }
  return starts;
}

// A size of -1 goes on to the end.
std::vector<ValueId> import_slice(LayerCall& call) {
  const ValueId x = as_stored(call, strong_operand(call, "inputs", 0));
  const Shape input = call.shape(x);
  const auto starts = starts_of(call, input.size());
  const std::vector<Dim> sizes = required_sizes(call, "shape");
  if (sizes.size() != input.size()) {
    fail(ErrorCode::malformed_file, "key 'shape': {} sizes wanted", input.size());
  }
  Slice op{Shape(), Shape(), std::vector<std::int64_t>(input.size(), 1)};
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    const bool to_end = sizes[axis].constant().value_or(0) < 0;
    op.starts.push_back(starts[axis]);
    op.sizes.push_back(to_end ? input[axis] - starts[axis] : sizes[axis]);
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
    const std::int64_t before = known_size(starts[axis], "the place of an update");
    if (after < before) {
      fail(ErrorCode::shape_mismatch, "an update of {} at {} does not fit into {}",
           part[axis].to_string(), before, input[axis].to_string());
    }
    pad.amounts.push_back({before, after - before});
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
    LayerClass{"Slice", import_slice},
    LayerClass{"SliceUpdate", import_slice_update},
    LayerClass{"Take", import_take},
    LayerClass{"TakeAlongAxis", import_take_along_axis},
    LayerClass{"ExtractSequences", import_extract_sequences},
};

}  // namespace

const std::span<const LayerClass> indexing_operations = classes;

}  // namespace keraunos::keras
