#include "runtime/keras/layers/merging.hpp"

#include <algorithm>
#include <limits>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/promotion.hpp"

namespace keraunos::keras {

std::vector<ValueId> promoted_inputs(LayerCall& call, std::size_t least, std::size_t most) {
  const std::size_t count = call.input_count();
  if (count < least || count > most) {
    fail(ErrorCode::malformed_file, "called on {} tensors; {} {} wanted", count, least,
         least == most ? "are" : "or more are");
  }
  DType common = call.dtype(call.input(0));
  for (std::size_t i = 1; i < count; ++i) {
    common = result_type({{common}, {call.dtype(call.input(i))}});
  }
  if (is_floating(common)) common = DType::float32;
  std::vector<ValueId> inputs;
  for (std::size_t i = 0; i < count; ++i) inputs.push_back(call.cast(call.input(i), common));
  return inputs;
}

std::vector<std::optional<ValueId>> input_masks(LayerCall& call) {
  std::vector<std::optional<ValueId>> masks;
  for (std::size_t i = 0; i < call.input_count(); ++i) masks.push_back(call.mask(call.input(i)));
  return masks;
}

std::optional<ValueId> any_mask(LayerCall& call, const std::vector<std::optional<ValueId>>& masks) {
  std::optional<ValueId> result;
  for (const auto& mask : masks) {
    if (!mask) return std::nullopt;
    result = result ? call.binary(BinaryFn::logical_or, *result, *mask) : *mask;
  }
  return result;
}

ValueId mask_of_cells(LayerCall& call, ValueId mask, ValueId value) {
  Shape shape = call.shape(mask);
  if (shape.size() + 1 != call.rank(value)) {
    fail(ErrorCode::unsupported, "merging {} under a mask of {} is not supported",
         to_keras_string(call.shape(value)), to_keras_string(shape));
  }
  shape.emplace_back(1);
  return call.view(mask, std::move(shape));
}

namespace {

// The dtype in which sums and products of `dtype` are computed: they wrap around in it as they do
// in `dtype` itself once the result has been cast back.
DType arithmetic_dtype(DType dtype) {
  if (is_floating(dtype)) return DType::float32;
  switch (dtype) {
    case DType::int8:
    case DType::uint8:
    case DType::int16:
    case DType::uint16:
    case DType::int32: return DType::int32;
    case DType::uint32:
    case DType::int64: return DType::int64;
    default: fail(ErrorCode::unsupported, "merging {} tensors is not supported", to_string(dtype));
  }
}

constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

/// What a merging layer computes with: inputs of one rank and dtype, and masks that broadcast over
/// them.
struct Operands {
  std::vector<ValueId> values;
  std::vector<std::optional<ValueId>> masks;
  DType dtype;  // of the result

  bool all_masked() const {
    return std::all_of(masks.begin(), masks.end(), [](const auto& mask) { return mask; });
  }
};

// Lower ranks get axes of 1 right after the batch, unlike numpy, which puts them in front.
ValueId with_rank(LayerCall& call, ValueId value, std::size_t rank) {
  Shape shape = call.shape(value);
  if (shape.size() == rank) return value;
  shape.insert(shape.begin() + (shape.empty() ? 0 : 1), rank - shape.size(), Dim(1));
  return call.view(value, std::move(shape));
}

// An input that had to be given more axes has lost its mask, as in Keras.
Operands operands_of(LayerCall& call, std::size_t least, std::size_t most) {
  Operands operands = {promoted_inputs(call, least, most), {}, DType::float32};
  operands.dtype = call.dtype(operands.values[0]);
  const DType computed = arithmetic_dtype(operands.dtype);
  std::size_t rank = 0;
  for (const ValueId value : operands.values) rank = std::max(rank, call.rank(value));
  for (std::size_t i = 0; i < operands.values.size(); ++i) {
    ValueId& value = operands.values[i];
    auto mask = call.mask(call.input(i));
    if (call.rank(value) != rank) mask = std::nullopt;
    value = with_rank(call, call.cast(value, computed), rank);
    operands.masks.push_back(mask);
  }
  return operands;
}

std::vector<ValueId> finish(LayerCall& call, ValueId result, const Operands& operands) {
  if (!is_floating(operands.dtype)) result = call.cast(result, operands.dtype);
  call.set_mask(result, any_mask(call, input_masks(call)));
  return {result};
}

ValueId combine_all(LayerCall& call, BinaryFn fn, const std::vector<ValueId>& values) {
  ValueId result = values[0];
  for (std::size_t i = 1; i < values.size(); ++i) result = call.binary(fn, result, values[i]);
  return result;
}

std::vector<ValueId> import_add(LayerCall& call) {
  const Operands operands = operands_of(call, 1, any_number);
  return finish(call, combine_all(call, BinaryFn::add, operands.values), operands);
}

std::vector<ValueId> import_subtract(LayerCall& call) {
  const Operands operands = operands_of(call, 2, 2);
  return finish(call, combine_all(call, BinaryFn::subtract, operands.values), operands);
}

// Integers are added up as integers, and their mean is a float.
std::vector<ValueId> import_average(LayerCall& call) {
  Operands operands = operands_of(call, 1, any_number);
  ValueId sum = combine_all(call, BinaryFn::add, operands.values);
  if (!is_floating(operands.dtype)) sum = call.as_float(call.cast(sum, operands.dtype));
  operands.dtype = DType::float32;
  const float share = 1 / static_cast<float>(operands.values.size());
  return finish(call, call.emit(Unary{UnaryFn::linear, share, 0}, {sum}), operands);
}

// A masked cell counts as 1; where all inputs are masked, the product is 0.
std::vector<ValueId> import_multiply(LayerCall& call) {
  Operands operands = operands_of(call, 1, any_number);
  std::optional<ValueId> any;
  for (std::size_t i = 0; i < operands.values.size(); ++i) {
    if (!operands.masks[i]) continue;
    ValueId& value = operands.values[i];
    const ValueId mask = mask_of_cells(call, *operands.masks[i], value);
    value = call.emit(Select{}, {mask, value, call.scalar(1, call.dtype(value))});
    any = any ? call.binary(BinaryFn::logical_or, *any, mask) : mask;
  }
  ValueId result = combine_all(call, BinaryFn::multiply, operands.values);
  if (operands.all_masked()) {
    result = call.emit(Select{}, {*any, result, call.scalar(0, call.dtype(result))});
  }
  return finish(call, result, operands);
}

// A masked cell gives way to the other side.
template <BinaryFn fn>
std::vector<ValueId> import_extremum(LayerCall& call) {
  const Operands operands = operands_of(call, 1, any_number);
  std::optional<ValueId> result;
  std::optional<ValueId> result_mask;
  for (std::size_t i = 0; i < operands.values.size(); ++i) {
    ValueId value = operands.values[i];
    std::optional<ValueId> mask;
    if (operands.masks[i]) mask = mask_of_cells(call, *operands.masks[i], value);
    if (!result) {
      result = value;
      result_mask = mask;
      continue;
    }
    if (mask) value = call.emit(Select{}, {*mask, value, *result});
    if (result_mask) result = call.emit(Select{}, {*result_mask, *result, value});
    result_mask = any_mask(call, {result_mask, mask});
    result = call.binary(fn, *result, value);
  }
  return finish(call, *result, operands);
}

constexpr std::array classes = {
    LayerClass{"Add", import_add, MaskRule::own},
    LayerClass{"Subtract", import_subtract, MaskRule::own},
    LayerClass{"Multiply", import_multiply, MaskRule::own},
    LayerClass{"Average", import_average, MaskRule::own},
    LayerClass{"Maximum", import_extremum<BinaryFn::maximum>, MaskRule::own},
    LayerClass{"Minimum", import_extremum<BinaryFn::minimum>, MaskRule::own},
};

}  // namespace

const std::span<const LayerClass> merging_layers = classes;

}  // namespace keraunos::keras
