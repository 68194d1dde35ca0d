#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

// Numbers made of two tensors.

namespace keraunos::keras {
namespace {

// The operands under Keras's common dtype, and what belongs to it.
struct Pair {
  DType dtype;
  ValueId a;
  ValueId b;

  Pair(LayerCall& call, const Operand& x1, const Operand& x2, DType common)
      : dtype(common), a(as_computed(call, x1, common)), b(as_computed(call, x2, common)) {}
};

Pair numbers(LayerCall& call) {
  const Operand x1 = operand(call, "x1", 0);
  const Operand x2 = operand(call, "x2", 1);
  return {call, x1, x2, result_type(x1, x2)};
}

// Python numbers count as strong here, as where Keras calls convert_to_tensor first.
Pair real_numbers(LayerCall& call) {
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  return {call, x1, x2, result_type({x1.type, x2.type, python_float})};
}

// Hypot and Heaviside: small integers become float32, int64 becomes float64.
Pair wide_numbers(LayerCall& call) {
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  const DType common = result_type(x1, x2);
  return {call, x1, x2, common == DType::int64 ? DType::float64 : float_result(common)};
}

// What the functions are for bools, where they are anything.
BinaryFn of_bools(BinaryFn fn) {
  switch (fn) {
    case BinaryFn::add:
    case BinaryFn::maximum: return BinaryFn::logical_or;
    case BinaryFn::multiply:
    case BinaryFn::minimum: return BinaryFn::logical_and;
    default: fail(ErrorCode::unsupported, "{} of bools is not supported", to_string(fn));
  }
}

template <BinaryFn fn>
std::vector<ValueId> import_arithmetic(LayerCall& call) {
  const Pair pair = numbers(call);
  const BinaryFn used = pair.dtype == DType::boolean ? of_bools(fn) : fn;
  return {call.cast(call.binary(used, pair.a, pair.b), pair.dtype)};
}

std::vector<ValueId> import_divide(LayerCall& call) {
  const Operand x1 = operand(call, "x1", 0);
  const Operand x2 = operand(call, "x2", 1);
  const Pair pair(call, x1, x2, result_type({x1.type, x2.type, python_float}));
  return {call.cast(call.binary(BinaryFn::divide, pair.a, pair.b), pair.dtype)};
}

ValueId divide_no_nan(LayerCall& call, ValueId a, ValueId b) {
  const ValueId zero = call.scalar(0);
  const ValueId is_zero = call.binary(BinaryFn::equal, b, zero);
  return select(call, is_zero, zero, call.binary(BinaryFn::divide, a, b));
}

std::vector<ValueId> import_divide_no_nan(LayerCall& call) {
  const Operand x1 = operand(call, "x1", 0);
  const Operand x2 = operand(call, "x2", 1);
  const Pair pair(call, x1, x2, result_type({x1.type, x2.type, python_float}));
  return {call.cast(divide_no_nan(call, pair.a, pair.b), pair.dtype)};
}

// The remainder with the divisor's sign.
std::vector<ValueId> import_mod(LayerCall& call) {
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  const DType common = result_type(x1, x2);
  const Pair pair(call, x1, x2, common == DType::boolean ? DType::int32 : common);
  return {call.cast(call.binary(BinaryFn::mod, pair.a, pair.b), pair.dtype)};
}

// The remainder with the dividend's sign.
std::vector<ValueId> import_fmod(LayerCall& call) {
  const Operand x1 = strong_operand(call, "x1", 0);
  const Operand x2 = strong_operand(call, "x2", 1);
  const DType common = result_type(x1, x2);
  const Pair pair(call, x1, x2, common == DType::boolean ? DType::int32 : common);
  const ValueId rest = call.binary(BinaryFn::mod, unary(call, UnaryFn::absolute, pair.a),
                                   unary(call, UnaryFn::absolute, pair.b));
  const ValueId sign = unary(call, UnaryFn::sign, pair.a);
  return {call.cast(call.binary(BinaryFn::multiply, sign, rest), pair.dtype)};
}

// The larger or smaller, where NaN counts only beside another one.
template <BinaryFn fn>
std::vector<ValueId> import_nan_last(LayerCall& call) {
  const Pair pair = numbers(call);
  if (!is_floating(pair.dtype)) return import_arithmetic<fn>(call);
  ValueId result = call.binary(fn, pair.a, pair.b);
  result = select(call, unary(call, UnaryFn::is_nan, pair.b), pair.a, result);
  result = select(call, unary(call, UnaryFn::is_nan, pair.a), pair.b, result);
  return {call.cast(result, pair.dtype)};
}

std::vector<ValueId> import_arctan2(LayerCall& call) {
  const Pair pair = real_numbers(call);
  return {call.cast(call.binary(BinaryFn::arctan2, pair.a, pair.b), pair.dtype)};
}

// The larger times sqrt(1 + ratio^2): no square overflows.
std::vector<ValueId> import_hypot(LayerCall& call) {
  const Pair pair = wide_numbers(call);
  const ValueId a = unary(call, UnaryFn::absolute, pair.a);
  const ValueId b = unary(call, UnaryFn::absolute, pair.b);
  const ValueId larger = call.binary(BinaryFn::maximum, a, b);
  const ValueId ratio = divide_no_nan(call, call.binary(BinaryFn::minimum, a, b), larger);
  const ValueId square = linear(call, unary(call, UnaryFn::square, ratio), 1, 1);
  const ValueId root = unary(call, UnaryFn::sqrt, square);
  return {call.cast(call.binary(BinaryFn::multiply, larger, root), pair.dtype)};
}

std::vector<ValueId> import_heaviside(LayerCall& call) {
  const Pair pair = wide_numbers(call);
  const ValueId zero = call.scalar(0);
  const ValueId above = call.binary(BinaryFn::greater, pair.a, zero);
  const ValueId below = call.binary(BinaryFn::less, pair.a, zero);
  const ValueId rest = select(call, above, call.scalar(1), pair.b);
  return {call.cast(select(call, below, zero, rest), pair.dtype)};
}

// log(exp(a) + exp(b)) in base e or 2.
template <bool binary_logarithm>
std::vector<ValueId> import_logaddexp(LayerCall& call) {
  constexpr float ln2 = 0.6931471805599453F;
  const Pair pair = real_numbers(call);
  const ValueId difference = call.binary(BinaryFn::subtract, pair.a, pair.b);
  ValueId rest =
      linear(call, unary(call, UnaryFn::absolute, difference), binary_logarithm ? -ln2 : -1.0F, 0);
  rest = unary(call, UnaryFn::log1p, unary(call, UnaryFn::exponential, rest));
  if (binary_logarithm) rest = call.binary(BinaryFn::divide, rest, call.scalar(ln2));
  const ValueId sum =
      call.binary(BinaryFn::add, call.binary(BinaryFn::maximum, pair.a, pair.b), rest);
  // Two equal infinities have no difference.
  const ValueId result = select(call, unary(call, UnaryFn::is_nan, difference),
                                call.binary(BinaryFn::add, pair.a, pair.b), sum);
  return {call.cast(result, pair.dtype)};
}

std::vector<ValueId> import_ldexp(LayerCall& call) {
  const Pair pair = real_numbers(call);
  const ValueId factor = unary(call, UnaryFn::exp2, pair.b);
  const ValueId zero = call.binary(BinaryFn::equal, pair.a, call.scalar(0));
  const ValueId same =
      call.binary(BinaryFn::logical_or, zero, unary(call, UnaryFn::is_infinite, pair.a));
  const ValueId product = call.binary(BinaryFn::multiply, pair.a, factor);
  return {call.cast(select(call, same, pair.a, product), pair.dtype)};
}

std::vector<ValueId> import_psnr(LayerCall& call) {
  const Pair pair = numbers(call);
  const ValueId difference = call.binary(BinaryFn::subtract, pair.a, pair.b);
  const ValueId squares = flatten(call, unary(call, UnaryFn::square, difference));
  const ValueId error = reduce(call, ReduceFn::mean, squares, {0}, false);
  const ValueId most = call.scalar(call.config().number_or("max_val", 1));
  const ValueId a = linear(call, unary(call, UnaryFn::log10, most), 20, 0);
  const ValueId b = linear(call, unary(call, UnaryFn::log10, error), -10, 0);
  return {call.cast(call.binary(BinaryFn::add, a, b), pair.dtype)};
}

constexpr std::array classes = {
    LayerClass{"Add", import_arithmetic<BinaryFn::add>},
    LayerClass{"Subtract", import_arithmetic<BinaryFn::subtract>},
    LayerClass{"Multiply", import_arithmetic<BinaryFn::multiply>},
    LayerClass{"Divide", import_divide},
    LayerClass{"TrueDivide", import_divide},
    LayerClass{"DivideNoNan", import_divide_no_nan},
    LayerClass{"FloorDivide", import_arithmetic<BinaryFn::floor_divide>},
    LayerClass{"Mod", import_mod},
    LayerClass{"Fmod", import_fmod},
    LayerClass{"Power", import_arithmetic<BinaryFn::power>},
    LayerClass{"Maximum", import_arithmetic<BinaryFn::maximum>},
    LayerClass{"Minimum", import_arithmetic<BinaryFn::minimum>},
    LayerClass{"Fmax", import_nan_last<BinaryFn::maximum>},
    LayerClass{"Fmin", import_nan_last<BinaryFn::minimum>},
    LayerClass{"Arctan2", import_arctan2},
    LayerClass{"Hypot", import_hypot},
    LayerClass{"Heaviside", import_heaviside},
    LayerClass{"Logaddexp", import_logaddexp<false>},
    LayerClass{"Logaddexp2", import_logaddexp<true>},
    LayerClass{"Ldexp", import_ldexp},
    LayerClass{"PSNR", import_psnr},
};

}  // namespace

const std::span<const LayerClass> arithmetic_operations = classes;

}  // namespace keraunos::keras
