#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

// Variances, norms, averages with weights, and quantiles.

namespace keraunos::keras {
namespace {

bool keepdims(const LayerCall& call) { return call.config().flag_or("keepdims", false); }

// The population variance.
ValueId variance(LayerCall& call, ValueId value, const std::vector<std::size_t>& axes, bool keeps) {
  const ValueId mean = reduce(call, ReduceFn::mean, value, axes, true);
  const ValueId squares =
      unary(call, UnaryFn::square, call.binary(BinaryFn::subtract, value, mean));
  return reduce(call, ReduceFn::mean, squares, axes, keeps);
}

template <bool root>
std::vector<ValueId> import_variance(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = float_result(x.type.dtype);
  const ValueId value = as_computed(call, x, dtype);
  const ValueId result = variance(call, value, axes_option(call, call.rank(value)), keepdims(call));
  return {call.cast(root ? unary(call, UnaryFn::sqrt, result) : result, dtype)};
}

std::vector<ValueId> import_moments(LayerCall& call) {
  const Operand x = first_operand(call);
  call.config().refuse_if_set("synchronized");
  const DType dtype = float_result(x.type.dtype);
  const ValueId value = as_computed(call, x, dtype);
  const auto axes = axes_option(call, call.rank(value), "axes");
  const bool keeps = keepdims(call);
  return {call.cast(reduce(call, ReduceFn::mean, value, axes, keeps), dtype),
          call.cast(variance(call, value, axes, keeps), dtype)};
}

// Weights have the shape of x, or are one for each cell of the axis.
std::vector<ValueId> import_average(LayerCall& call) {
  const Operand x = first_operand(call);
  const auto weights = optional_operand(call, "weights", 1);
  const DType dtype = weights ? result_type({x.type, weights->type, python_float})
                              : result_type({x.type, python_float});
  const ValueId value = as_computed(call, x, dtype);
  const std::size_t rank = call.rank(value);
  const auto axes = axes_option(call, rank);
  if (!weights) return {call.cast(reduce(call, ReduceFn::mean, value, axes, false), dtype)};
  ValueId weight = as_computed(call, *weights, dtype);
  if (call.rank(weight) != rank) {
    call.require_rank(weight, 1);
    if (axes.size() != 1) fail(ErrorCode::malformed_file, "weights of another rank want one axis");
    Shape shape(rank, Dim(1));
    shape[axes[0]] = call.shape(weight)[0];
    weight = call.view(weight, std::move(shape));
  }
  const ValueId sum =
      reduce(call, ReduceFn::sum, call.binary(BinaryFn::multiply, value, weight), axes, false);
  const ValueId total = reduce(call, ReduceFn::sum, weight, axes, false);
  return {call.cast(call.binary(BinaryFn::divide, sum, total), dtype)};
}

// Norms ------------------------------------------------------------------------------------------

ValueId vector_norm(LayerCall& call, ValueId value, std::size_t axis, double order, bool keeps) {
  const ValueId magnitude = unary(call, UnaryFn::absolute, value);
  if (std::isinf(order)) {
    return reduce(call, order > 0 ? ReduceFn::max : ReduceFn::min, magnitude, {axis}, keeps);
  }
  if (order == 0) {
    const ValueId nonzero = call.cast(magnitude, DType::boolean);
    return reduce(call, ReduceFn::sum, call.as_float(nonzero), {axis}, keeps);
  }
  if (order == 2) {
    const ValueId squares = unary(call, UnaryFn::square, value);
    return unary(call, UnaryFn::sqrt, reduce(call, ReduceFn::sum, squares, {axis}, keeps));
  }
  const ValueId powers = call.binary(BinaryFn::power, magnitude, call.scalar(order));
  return call.binary(BinaryFn::power, reduce(call, ReduceFn::sum, powers, {axis}, keeps),
                     call.scalar(1 / order));
}

// The largest or smallest sum of magnitudes of a row or column.
ValueId matrix_norm(LayerCall& call, ValueId value, const std::vector<std::size_t>& axes,
                    double order) {
  if (std::abs(order) != 1 && !std::isinf(order)) {
    fail(ErrorCode::unsupported, "key 'ord': {} of matrices is not supported", order);
  }
  const bool columns = std::abs(order) == 1;  // sums over the rows' axis
  const ValueId sums = reduce(call, ReduceFn::sum, unary(call, UnaryFn::absolute, value),
                              {axes[columns ? 0 : 1]}, true);
  return reduce(call, order > 0 ? ReduceFn::max : ReduceFn::min, sums, {axes[columns ? 1 : 0]},
                true);
}

// The axes of "axis" in the order of the file: rows before columns.
std::vector<std::size_t> ordered_axes(const LayerCall& call, std::size_t rank) {
  const auto named = numbers_option(call, "axis");
  if (!named) return axes_option(call, rank);
  std::vector<std::size_t> axes;
  for (const std::int64_t axis : *named) axes.push_back(normalize_axis(axis, rank));
  return axes;
}

std::vector<ValueId> import_norm(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = float_result(x.type.dtype);
  const ValueId value = as_computed(call, x, dtype);
  const std::size_t rank = call.rank(value);
  const auto axes = ordered_axes(call, rank);
  const auto order = call.config().find("ord");
  const bool frobenius = order && order->is_string() && order->as_string() == "fro";
  if (order && order->is_string() && !frobenius) {
    fail(ErrorCode::unsupported, "key 'ord': {} is not supported", order->dump(60));
  }
  ValueId result = value;
  if (axes.size() == 1) {
    if (frobenius) fail(ErrorCode::malformed_file, "key 'ord': 'fro' of one axis");
    result = vector_norm(call, value, axes[0], order ? order->as_double() : 2, true);
  } else if (!order || frobenius) {
    const ValueId squares = unary(call, UnaryFn::square, value);
    result = unary(call, UnaryFn::sqrt,
                   reduce(call, ReduceFn::sum, squares, axes_option(call, rank), true));
  } else if (axes.size() == 2) {
    result = matrix_norm(call, value, axes, order->as_double());
  } else {
    fail(ErrorCode::unsupported, "key 'ord': {} of {} axes is not supported", order->dump(60),
         axes.size());
  }
  return {call.cast(keepdims(call) ? result : squeeze(call, result, axes), dtype)};
}

// x / max(norm, epsilon).
std::vector<ValueId> import_normalize(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = float_result(x.type.dtype);
  const ValueId value = as_computed(call, x, dtype);
  const std::size_t rank = call.rank(value);
  const bool has_axis = call.config().contains("axis");
  const auto axes = has_axis ? axes_option(call, rank) : std::vector{normalize_axis(-1, rank)};
  const auto order = call.config().integer_or("order", 1, 2);
  const double epsilon = call.config().number_or("epsilon", 1e-7);
  if (order == 2) {
    const Norm norm{NormFn::l2, axes, static_cast<float>(epsilon * epsilon)};
    return {call.cast(call.emit(norm, {value}), dtype)};
  }
  const double power = static_cast<double>(order);
  const ValueId size = axes.size() == 1 ? vector_norm(call, value, axes[0], power, true)
                                        : matrix_norm(call, value, axes, power);
  const ValueId divisor = call.binary(BinaryFn::maximum, size, call.scalar(epsilon));
  return {call.cast(call.binary(BinaryFn::divide, value, divisor), dtype)};
}

constexpr std::array classes = {
    LayerClass{"Var", import_variance<false>}, LayerClass{"Std", import_variance<true>},
    LayerClass{"Moments", import_moments},     LayerClass{"Average", import_average},
    LayerClass{"Norm", import_norm},           LayerClass{"Normalize", import_normalize},
};

}  // namespace

const std::span<const LayerClass> statistics_operations = classes;

}  // namespace keraunos::keras
