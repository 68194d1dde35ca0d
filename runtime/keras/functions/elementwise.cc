#include <algorithm>
#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/functions/functions.hpp"

// Functions cell by cell, and sums of several tensors.

namespace keraunos::keras {
namespace {

std::vector<ValueId> import_add_n(LayerCall& call) {
  const auto inputs = operand_list(call, "", 0);
  if (inputs.empty()) fail(ErrorCode::malformed_file, "called on no tensor");
  const DType dtype = result_type(inputs);
  ValueId sum = as_computed(call, inputs[0], dtype);
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    sum = call.binary(BinaryFn::add, sum, as_computed(call, inputs[i], dtype));
  }
  ignore_parameters(call, {"shape", "tensor_dtype"});
  return {call.cast(sum, dtype)};
}

// Horner's rule; the first coefficient belongs to the highest power.
std::vector<ValueId> import_polyval(LayerCall& call) {
  const auto coefficients = operand_list(call, "", 0);
  const Operand at = operand(call, "x", LayerCall::no_position);
  const DType dtype = at.type.dtype;
  const ValueId x = as_computed(call, at, dtype);
  ValueId sum = filled(call, 0, call.dtype(x), call.shape(x));
  for (const Operand& coefficient : coefficients) {
    sum = call.binary(BinaryFn::add, call.binary(BinaryFn::multiply, sum, x),
                      as_computed(call, coefficient, dtype));
  }
  return {call.cast(sum, dtype)};
}

ValueId is_zero(LayerCall& call, ValueId value) {
  return call.binary(BinaryFn::equal, value, call.scalar(0, call.dtype(value)));
}

ValueId unless_zero(LayerCall& call, ValueId factor, ValueId value) {
  return select(call, is_zero(call, factor), call.scalar(0, call.dtype(value)), value);
}

// x * fn(y), and 0 where x is, whatever y is there.
template <UnaryFn fn>
std::vector<ValueId> import_times_function(LayerCall& call) {
  const Real x = first_tensor(call);
  const ValueId right = unary(call, fn, tensor_like(call, x, "y"));
  const ValueId product = call.binary(BinaryFn::multiply, x.value, right);
  return result_of(call, x, unless_zero(call, x.value, product));
}

std::vector<ValueId> import_xdivy(LayerCall& call) {
  const Real x = first_tensor(call);
  const ValueId quotient = call.binary(BinaryFn::divide, x.value, tensor_like(call, x, "y"));
  return result_of(call, x, unless_zero(call, x.value, quotient));
}

// 0 where y is, whatever x is there.
std::vector<ValueId> import_multiply_no_nan(LayerCall& call) {
  const Real x = first_tensor(call);
  const ValueId y = tensor_like(call, x, "y");
  return result_of(call, x, unless_zero(call, y, call.binary(BinaryFn::multiply, x.value, y)));
}

std::vector<ValueId> import_reciprocal_no_nan(LayerCall& call) {
  const Real x = first_tensor(call);
  return result_of(call, x, unless_zero(call, x.value, unary(call, UnaryFn::reciprocal, x.value)));
}

template <UnaryFn fn>
std::vector<ValueId> import_unary(LayerCall& call) {
  const Real x = first_tensor(call);
  return result_of(call, x, unary(call, fn, x.value));
}

// x/y rounded towards 0, and what it leaves.
template <bool remainder>
std::vector<ValueId> import_truncated(LayerCall& call) {
  const Real x = first_tensor(call);
  const ValueId y = tensor_like(call, x, "y");
  const ValueId magnitude =
      call.binary(BinaryFn::floor_divide, unary(call, UnaryFn::absolute, x.value),
                  unary(call, UnaryFn::absolute, y));
  const ValueId sign = call.binary(BinaryFn::multiply, unary(call, UnaryFn::sign, x.value),
                                   unary(call, UnaryFn::sign, y));
  const ValueId quotient = call.binary(BinaryFn::multiply, sign, magnitude);
  if (!remainder) return result_of(call, x, quotient);
  return result_of(
      call, x,
      call.binary(BinaryFn::subtract, x.value, call.binary(BinaryFn::multiply, quotient, y)));
}

// max(x, 0) - x*z + log(1 + exp(-|x|)) for logits x and labels z.
std::vector<ValueId> import_sigmoid_cross_entropy(LayerCall& call) {
  const Operand first = operand(call, "labels", 0);
  const Operand second = operand(call, "logits", LayerCall::no_position);
  const DType dtype = result_type(first, second);
  const ValueId labels = as_computed(call, first, dtype);
  const ValueId logits = as_computed(call, second, dtype);
  const ValueId magnitude = unary(call, UnaryFn::absolute, logits);
  const ValueId rest = unary(call, UnaryFn::softplus, unary(call, UnaryFn::negative, magnitude));
  const ValueId linear_part = call.binary(BinaryFn::subtract, call.emit(relu(), {logits}),
                                          call.binary(BinaryFn::multiply, logits, labels));
  return {call.cast(call.binary(BinaryFn::add, linear_part, rest), dtype)};
}

// Half the sum of squares.
std::vector<ValueId> import_l2_loss(LayerCall& call) {
  const Real t = first_tensor(call);
  const ValueId squares = flatten(call, unary(call, UnaryFn::square, t.value));
  return result_of(call, t,
                   linear(call, reduce(call, ReduceFn::sum, squares, {0}, false), 0.5F, 0));
}

// To steps between min and max, both moved so that 0 is one of them. All numbers are float32.
std::vector<ValueId> import_fake_quant(LayerCall& call) {
  const Real inputs = first_tensor(call);
  const auto least = static_cast<float>(number_parameter(call, "min", -6));
  const auto most = static_cast<float>(number_parameter(call, "max", 6));
  const std::int64_t bits = integer_parameter(call, "num_bits", 2, 8);
  if (bits > 16 || !(least < most)) {
    fail(ErrorCode::malformed_file, "called with min={}, max={}, num_bits={}", least, most, bits);
  }
  const float first = flag_parameter(call, "narrow_range") ? 1 : 0;
  const auto last = static_cast<float>((std::int64_t{1} << bits) - 1);
  const float step = (most - least) / (last - first);
  const float zero = std::clamp(std::round(first - least / step), first, last);
  const float low = (first - zero) * step;
  const float high = (last - zero) * step;
  ValueId value = call.binary(BinaryFn::minimum, inputs.value, call.scalar(high));
  value = call.binary(BinaryFn::maximum, value, call.scalar(low));
  value = call.binary(BinaryFn::subtract, value, call.scalar(low));
  value = unary(call, UnaryFn::floor, linear(call, value, 1 / step, 0.5F));
  return result_of(call, inputs, linear(call, value, step, low));
}

constexpr std::array functions = {
    LayerClass{"math.add_n", import_add_n},
    LayerClass{"math.accumulate_n", import_add_n},
    LayerClass{"math.polyval", import_polyval},
    LayerClass{"math.xlogy", import_times_function<UnaryFn::log>},
    LayerClass{"math.xlog1py", import_times_function<UnaryFn::log1p>},
    LayerClass{"math.xdivy", import_xdivy},
    LayerClass{"math.multiply_no_nan", import_multiply_no_nan},
    LayerClass{"math.reciprocal_no_nan", import_reciprocal_no_nan},
    LayerClass{"math.lgamma", import_unary<UnaryFn::lgamma>},
    LayerClass{"math.rint", import_unary<UnaryFn::round>},
    LayerClass{"truncatediv", import_truncated<false>},
    LayerClass{"truncatemod", import_truncated<true>},
    LayerClass{"nn.sigmoid_cross_entropy_with_logits", import_sigmoid_cross_entropy},
    LayerClass{"nn.l2_loss", import_l2_loss},
    LayerClass{"quantization.fake_quant_with_min_max_args", import_fake_quant},
    LayerClass{"quantization.fake_quant_with_min_max_vars", import_fake_quant},
};

}  // namespace

const std::span<const LayerClass> tf_elementwise_functions = functions;

}  // namespace keraunos::keras
