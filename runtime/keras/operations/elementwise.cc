#include <cmath>
#include <limits>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

// Functions of one tensor, and conversions.

namespace keraunos::keras {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr double pi = 3.14159265358979323846;

// Functions of real numbers: integers are converted to float32.
template <UnaryFn fn>
std::vector<ValueId> import_real(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = float_result(x.type.dtype);
  return {call.cast(unary(call, fn, as_computed(call, x, dtype)), dtype)};
}

// Functions that have integers, too, and leave the dtype; bools become int32.
template <UnaryFn fn>
std::vector<ValueId> import_kept(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = x.type.dtype == DType::boolean ? DType::int32 : x.type.dtype;
  return {call.cast(unary(call, fn, as_computed(call, x, dtype)), dtype)};
}

template <UnaryFn fn>
std::vector<ValueId> import_test(LayerCall& call) {
  const Operand x = first_operand(call);
  return {unary(call, fn, as_computed(call, x, x.type.dtype))};
}

std::vector<ValueId> import_absolute(LayerCall& call) {
  const Operand x = first_operand(call);
  if (x.type.dtype == DType::boolean) return {as_stored(call, x)};
  return import_kept<UnaryFn::absolute>(call);
}

std::vector<ValueId> import_unchanged(LayerCall& call) {
  const std::string_view name = call.identity().class_name == "StopGradient" ? "variable" : "x";
  return {as_stored(call, strong_operand(call, name, 0))};
}

// Cast, and the constructors that take a tensor.
std::vector<ValueId> import_cast(LayerCall& call) {
  const Operand x = first_operand(call);
  call.config().refuse_if_set("sparse");
  call.config().refuse_if_set("ragged");
  return {as_stored(call, x, dtype_option(call).value_or(x.type.dtype))};
}

// Degrees and radians, of which Keras makes float64 from int64.
ValueId converted_angle(LayerCall& call, double factor) {
  const Operand x = first_operand(call);
  const DType dtype = x.type.dtype == DType::int64 ? DType::float64 : float_result(x.type.dtype);
  const ValueId value = as_computed(call, x, dtype);
  return call.cast(linear(call, value, static_cast<float>(factor), 0), dtype);
}
std::vector<ValueId> import_deg2rad(LayerCall& call) { return {converted_angle(call, pi / 180)}; }
std::vector<ValueId> import_rad2deg(LayerCall& call) { return {converted_angle(call, 180 / pi)}; }

std::vector<ValueId> import_cbrt(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = x.type.dtype == DType::int64 ? DType::float64 : float_result(x.type.dtype);
  const ValueId value = as_computed(call, x, dtype);
  const ValueId root =
      call.binary(BinaryFn::power, unary(call, UnaryFn::absolute, value), call.scalar(1.0 / 3));
  return {
      call.cast(call.binary(BinaryFn::multiply, unary(call, UnaryFn::sign, value), root), dtype)};
}

std::vector<ValueId> import_erfc(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = float_result(x.type.dtype);
  const ValueId value = unary(call, UnaryFn::erf, as_computed(call, x, dtype));
  return {call.cast(linear(call, value, -1, 1), dtype)};
}

// Ties go to the even digit.
std::vector<ValueId> import_round(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = x.type.dtype;
  const auto decimals = call.config().integer_or("decimals", -38, 0);
  if (decimals > 38) fail(ErrorCode::unsupported, "key 'decimals': {} is more than 38", decimals);
  if (!is_floating(dtype) && decimals >= 0) return {as_stored(call, x)};
  ValueId value = as_computed(call, x, float_result(dtype));
  if (decimals == 0) return {call.cast(unary(call, UnaryFn::round, value), dtype)};
  const ValueId factor = call.scalar(std::pow(10.0, static_cast<double>(decimals)));
  value = unary(call, UnaryFn::round, call.binary(BinaryFn::multiply, value, factor));
  return {call.cast(call.binary(BinaryFn::divide, value, factor), dtype)};
}

// 0 for positive numbers, pi for negative ones.
std::vector<ValueId> import_angle(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = float_result(x.type.dtype);
  const ValueId zero = call.scalar(0);
  const ValueId negative = call.binary(BinaryFn::less, as_computed(call, x, dtype), zero);
  return {call.cast(select(call, negative, call.scalar(pi), zero), dtype)};
}

std::vector<ValueId> import_signbit(LayerCall& call) {
  const Operand x = first_operand(call);
  const ValueId value = as_computed(call, x, float_result(x.type.dtype));
  const ValueId zero = call.scalar(0);
  const ValueId below = call.binary(BinaryFn::less, value, zero);
  // The reciprocal tells -0 from 0.
  const ValueId inverse_below =
      call.binary(BinaryFn::less, unary(call, UnaryFn::reciprocal, value), zero);
  return {call.binary(BinaryFn::logical_or, below, inverse_below)};
}

template <bool positive>
std::vector<ValueId> import_is_signed_infinity(LayerCall& call) {
  const Operand x = first_operand(call);
  const ValueId value = as_computed(call, x, float_result(x.type.dtype));
  return {call.binary(BinaryFn::equal, value, call.scalar(positive ? infinity : -infinity))};
}

std::vector<ValueId> import_is_real(LayerCall& call) {
  const Operand x = first_operand(call);
  return {filled(call, 1, DType::boolean, shape_of(call, x))};
}

double largest_number(DType dtype) {
  switch (dtype) {
    case DType::float16: return 65504;
    case DType::bfloat16: return 3.3895313892515355e38;
    case DType::float64: return std::numeric_limits<double>::max();
    default: return std::numeric_limits<float>::max();
  }
}

std::vector<ValueId> import_nan_to_num(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = x.type.dtype;
  if (!is_floating(dtype)) return {as_stored(call, x)};
  const ValueId value = as_computed(call, x, dtype);
  const double most = largest_number(dtype);
  const auto replaced = [&](ValueId condition, double number, ValueId otherwise) {
    return select(call, condition, call.scalar(number), otherwise);
  };
  const auto is = [&](float number) {
    return call.binary(BinaryFn::equal, value, call.scalar(number));
  };
  ValueId result =
      replaced(unary(call, UnaryFn::is_nan, value), call.config().number_or("nan", 0), value);
  result = replaced(is(infinity), call.config().number_or("posinf", most), result);
  result = replaced(is(-infinity), call.config().number_or("neginf", -most), result);
  return {call.cast(result, dtype)};
}

std::vector<ValueId> import_clip(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = x.type.dtype == DType::boolean ? DType::int32 : x.type.dtype;
  ValueId value = as_computed(call, x, dtype);
  const auto bounded = [&](std::string_view key, BinaryFn fn) {
    if (!call.config().find(key)) return;
    value =
        call.binary(fn, value, call.scalar(call.config().number_or(key, 0), compute_dtype(dtype)));
  };
  bounded("x_max", BinaryFn::minimum);
  bounded("x_min", BinaryFn::maximum);
  return {call.cast(value, dtype)};
}

// Without wrapping around: to the nearest number that the dtype has.
std::vector<ValueId> import_saturate_cast(LayerCall& call) {
  const Operand x = first_operand(call);
  const auto dtype = dtype_option(call);
  if (!dtype) fail(ErrorCode::malformed_file, "key 'dtype': missing");
  const std::size_t bits = 8 * size_of(*dtype);
  if (is_floating(*dtype) || *dtype == DType::boolean || bits > 16) {
    fail(ErrorCode::unsupported, "saturating to {} is not supported", to_string(*dtype));
  }
  const bool is_signed = *dtype == DType::int8 || *dtype == DType::int16;
  const double span = std::pow(2.0, static_cast<double>(bits));
  const double most = is_signed ? span / 2 - 1 : span - 1;
  const DType held = compute_dtype(x.type.dtype);
  ValueId value = as_computed(call, x, x.type.dtype);
  value = call.binary(BinaryFn::minimum, value, call.scalar(most, held));
  value = call.binary(BinaryFn::maximum, value, call.scalar(is_signed ? -span / 2 : 0, held));
  return {call.cast(value, *dtype)};
}

constexpr std::array classes = {
    LayerClass{"Absolute", import_absolute},
    LayerClass{"Abs", import_absolute},
    LayerClass{"Fabs", import_real<UnaryFn::absolute>},
    LayerClass{"Negative", import_kept<UnaryFn::negative>},
    LayerClass{"Sign", import_kept<UnaryFn::sign>},
    LayerClass{"Square", import_kept<UnaryFn::square>},
    LayerClass{"Trunc", import_kept<UnaryFn::trunc>},
    LayerClass{"Arccos", import_real<UnaryFn::acos>},
    LayerClass{"Arccosh", import_real<UnaryFn::acosh>},
    LayerClass{"Arcsin", import_real<UnaryFn::asin>},
    LayerClass{"Arcsinh", import_real<UnaryFn::asinh>},
    LayerClass{"Arctan", import_real<UnaryFn::atan>},
    LayerClass{"Arctanh", import_real<UnaryFn::atanh>},
    LayerClass{"Ceil", import_real<UnaryFn::ceil>},
    LayerClass{"Cos", import_real<UnaryFn::cos>},
    LayerClass{"Cosh", import_real<UnaryFn::cosh>},
    LayerClass{"Erf", import_real<UnaryFn::erf>},
    LayerClass{"Erfinv", import_real<UnaryFn::erfinv>},
    LayerClass{"Exp", import_real<UnaryFn::exponential>},
    LayerClass{"Exp2", import_real<UnaryFn::exp2>},
    LayerClass{"Expm1", import_real<UnaryFn::expm1>},
    LayerClass{"Floor", import_real<UnaryFn::floor>},
    LayerClass{"Log", import_real<UnaryFn::log>},
    LayerClass{"Log10", import_real<UnaryFn::log10>},
    LayerClass{"Log1p", import_real<UnaryFn::log1p>},
    LayerClass{"Log2", import_real<UnaryFn::log2>},
    LayerClass{"Reciprocal", import_real<UnaryFn::reciprocal>},
    LayerClass{"Rsqrt", import_real<UnaryFn::rsqrt>},
    LayerClass{"Sin", import_real<UnaryFn::sin>},
    LayerClass{"Sinc", import_real<UnaryFn::sinc>},
    LayerClass{"Sinh", import_real<UnaryFn::sinh>},
    LayerClass{"Sqrt", import_real<UnaryFn::sqrt>},
    LayerClass{"Tan", import_real<UnaryFn::tan>},
    LayerClass{"Tanh", import_real<UnaryFn::tanh>},
    LayerClass{"Isnan", import_test<UnaryFn::is_nan>},
    LayerClass{"Isinf", import_test<UnaryFn::is_infinite>},
    LayerClass{"Isfinite", import_test<UnaryFn::is_finite>},
    LayerClass{"Isposinf", import_is_signed_infinity<true>},
    LayerClass{"Isneginf", import_is_signed_infinity<false>},
    LayerClass{"Isreal", import_is_real},
    LayerClass{"Signbit", import_signbit},
    LayerClass{"Angle", import_angle},
    LayerClass{"Cbrt", import_cbrt},
    LayerClass{"Erfc", import_erfc},
    LayerClass{"Deg2rad", import_deg2rad},
    LayerClass{"Rad2deg", import_rad2deg},
    LayerClass{"Round", import_round},
    LayerClass{"NanToNum", import_nan_to_num},
    LayerClass{"Clip", import_clip},
    LayerClass{"Copy", import_unchanged},
    LayerClass{"Conj", import_unchanged},
    LayerClass{"Conjugate", import_unchanged},
    LayerClass{"Real", import_unchanged},
    LayerClass{"StopGradient", import_unchanged},
    LayerClass{"Array", import_cast},
    LayerClass{"Cast", import_cast},
    LayerClass{"ConvertToTensor", import_cast},
    LayerClass{"SaturateCast", import_saturate_cast},
};

}  // namespace

const std::span<const LayerClass> elementwise_operations = classes;

}  // namespace keraunos::keras
