#include <algorithm>
#include <limits>
#include <numeric>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/merging.hpp"

// The merging layers that are not elementwise: Concatenate and Dot.

namespace keraunos::keras {
namespace {

// Joined along the last axis, a step counts where one of the inputs has it; along another, the
// masks are joined as well. An input without a mask counts everywhere.
std::optional<ValueId> joined_mask(LayerCall& call, const std::vector<ValueId>& inputs,
                                   std::size_t axis) {
  const auto masks = input_masks(call);
  if (std::none_of(masks.begin(), masks.end(), [](const auto& mask) { return mask; })) {
    return std::nullopt;
  }
  std::vector<ValueId> filled;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (masks[i]) {
      const ValueId mask = mask_of_cells(call, *masks[i], inputs[i]);
      filled.push_back(call.view(mask, call.shape(*masks[i])));
    } else {
      Shape shape = call.shape(inputs[i]);
      shape.pop_back();
      filled.push_back(call.emit(Broadcast{std::move(shape)}, {call.scalar(1, DType::boolean)}));
    }
  }
  if (filled.size() == 1) return filled[0];
  if (axis + 1 != call.rank(inputs[0])) return call.emit(Concat{axis}, std::move(filled));
  return any_mask(call, {filled.begin(), filled.end()});
}

std::vector<ValueId> import_concatenate(LayerCall& call) {
  const auto inputs = promoted_inputs(call, 1, std::numeric_limits<std::size_t>::max());
  const auto key = call.config().find("axis");
  const std::size_t axis = normalize_axis(key ? key->as_int64() : -1, call.rank(inputs[0]));
  const ValueId result = inputs.size() == 1 ? inputs[0] : call.emit(Concat{axis}, inputs);
  call.set_mask(result, joined_mask(call, inputs, axis));
  return {result};
}

// The axis of each of two inputs that "axes" names, as one number for both or as a pair.
std::size_t dot_axis(LayerCall& call, std::size_t i, ValueId input) {
  const auto axes = call.config().find("axes");
  if (!axes) fail(ErrorCode::malformed_file, "key 'axes': missing, and Keras has no default");
  if (axes->is_array() && axes->size() != 2) {
    fail(ErrorCode::malformed_file, "key 'axes': {} is no pair", axes->dump(60));
  }
  const file::Json axis = axes->is_array() ? (*axes)[i] : *axes;
  const std::size_t normal = normalize_axis(axis.as_int64(), call.rank(input));
  if (normal == 0) fail(ErrorCode::unsupported, "key 'axes': 0 is the axis of the batch");
  return normal;
}

// `value` as (batch, kept..., axis), with the axes that are kept in their order.
ValueId with_axis_last(LayerCall& call, ValueId value, std::size_t axis) {
  if (axis + 1 == call.rank(value)) return value;
  Transpose transpose{std::vector<std::size_t>(call.rank(value))};
  std::vector<std::size_t>& order = transpose.permutation;
  std::iota(order.begin(), order.end(), 0);
  order.erase(order.begin() + static_cast<std::ptrdiff_t>(axis));
  order.push_back(axis);
  return call.emit(std::move(transpose), {value});
}

// Keras multiplies integers as floats, and what does not fit the smaller ones depends on the
// machine: only products of int32 and of int8, which are int32, are certain.
DType dot_dtype(DType dtype) {
  if (is_floating(dtype)) return DType::float32;
  if (dtype == DType::int32 || dtype == DType::int8) return DType::int32;
  fail(ErrorCode::unsupported, "products of {} tensors are not supported", to_string(dtype));
}

// A batch of matrix products: all axes but the batch's and the summed one become rows here and
// columns there, and axes of their own again behind it.
std::vector<ValueId> import_dot(LayerCall& call) {
  auto inputs = promoted_inputs(call, 2, 2);
  const DType dtype = dot_dtype(call.dtype(inputs[0]));
  Shape result;
  for (std::size_t i = 0; i < 2; ++i) {
    ValueId& value = inputs[i];
    call.require_least_rank(value, 2);
    const std::size_t axis = dot_axis(call, i, value);
    value = call.cast(value, dtype);
    if (call.config().flag_or("normalize", false)) {
      // Keras divides by the norm, of which it takes 1e-7 for the least.
      value = call.emit(Norm{NormFn::l2, {axis}, 1e-14F}, {call.as_float(value)});
    }
    value = with_axis_last(call, value, axis);
    const Shape& shape = call.shape(value);
    const Shape kept(shape.begin() + 1, shape.end() - 1);
    if (i == 0) result.push_back(shape[0]);
    result.insert(result.end(), kept.begin(), kept.end());
    value = call.view(value, {shape[0], element_count(kept), shape.back()});
  }
  const ValueId product = call.emit(BatchMatMul{false, true}, {inputs[0], inputs[1]});
  if (result.size() == 1) result.emplace_back(1);
  return {call.view(product, std::move(result))};
}

constexpr std::array classes = {
    LayerClass{"Concatenate", import_concatenate, MaskRule::own},
    LayerClass{"Dot", import_dot},
};

}  // namespace

const std::span<const LayerClass> joining_layers = classes;

}  // namespace keraunos::keras
