#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

// The bits of integers. Of bools, and, or, xor and not are those of logic, as in numpy.

namespace keraunos::keras {
namespace {

void require_bits(const LayerCall& call, DType dtype, bool bools) {
  if (is_floating(dtype) || dtype == DType::string || (dtype == DType::boolean && !bools)) {
    fail(ErrorCode::unsupported, "{} of {} is not supported: {} have bits",
         call.identity().class_name, to_string(dtype), bools ? "integers and bools" : "integers");
  }
}

BinaryFn of_bools(BinaryFn fn) {
  return fn == BinaryFn::bitwise_and  ? BinaryFn::logical_and
         : fn == BinaryFn::bitwise_or ? BinaryFn::logical_or
                                      : BinaryFn::logical_xor;
}

template <BinaryFn fn>
std::vector<ValueId> import_combined(LayerCall& call) {
  const Operand x = operand(call, "x", 0);
  const Operand y = operand(call, "y", 1);
  const DType dtype = result_type(x, y);
  require_bits(call, dtype, true);
  const BinaryFn used = dtype == DType::boolean ? of_bools(fn) : fn;
  return {call.cast(call.binary(used, as_computed(call, x, dtype), as_computed(call, y, dtype)),
                    dtype)};
}

// -1 - x: what inverting all bits of an integer gives.
ValueId inverted(LayerCall& call, ValueId value) { return linear(call, value, -1, -1); }

std::vector<ValueId> import_inverted(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = x.type.dtype;
  require_bits(call, dtype, true);
  if (dtype == DType::boolean) {
    return {unary(call, UnaryFn::logical_not, as_stored(call, x))};
  }
  return {call.cast(inverted(call, as_computed(call, x, dtype)), dtype)};
}

// uint64 is held in int64, whose sign bit would follow: x >> n, without the n bits on top.
ValueId without_signs(LayerCall& call, ValueId shifted, ValueId count) {
  const ValueId lowest = call.scalar(-0x1p63, DType::int64);
  const ValueId signs =
      call.binary(BinaryFn::left_shift, call.binary(BinaryFn::right_shift, lowest, count),
                  call.scalar(1, DType::int64));
  return call.binary(BinaryFn::bitwise_and, shifted, inverted(call, signs));
}

// A Python number leaves x its dtype. Counts beyond 0 ... bits - 1 are the nearest of them, as in
// TensorFlow on the CPU.
template <BinaryFn fn>
std::vector<ValueId> import_shifted(LayerCall& call) {
  const Operand x = strong_operand(call, "x", 0);
  const Operand y = operand(call, "y", 1);
  const DType dtype = y.type.weak ? x.type.dtype : result_type(x, y);
  require_bits(call, dtype, false);
  require_bits(call, y.type.dtype, true);
  const ValueId value = as_computed(call, x, dtype);
  ValueId count = as_computed(call, y, dtype);
  const DType held = call.dtype(value);
  if (size_of(dtype) != size_of(held)) {
    const auto last = static_cast<double>(8 * size_of(dtype) - 1);
    count = call.binary(BinaryFn::minimum, count, call.scalar(last, held));
  }
  const ValueId shifted = call.binary(fn, value, count);
  const bool of_uint64 = dtype == DType::uint64 && fn == BinaryFn::right_shift;
  return {call.cast(of_uint64 ? without_signs(call, shifted, count) : shifted, dtype)};
}

constexpr std::array classes = {
    LayerClass{"BitwiseAnd", import_combined<BinaryFn::bitwise_and>},
    LayerClass{"BitwiseOr", import_combined<BinaryFn::bitwise_or>},
    LayerClass{"BitwiseXor", import_combined<BinaryFn::bitwise_xor>},
    LayerClass{"BitwiseInvert", import_inverted},
    LayerClass{"BitwiseNot", import_inverted},
    LayerClass{"LeftShift", import_shifted<BinaryFn::left_shift>},
    LayerClass{"BitwiseLeftShift", import_shifted<BinaryFn::left_shift>},
    LayerClass{"RightShift", import_shifted<BinaryFn::right_shift>},
    LayerClass{"BitwiseRightShift", import_shifted<BinaryFn::right_shift>},
};

}  // namespace

const std::span<const LayerClass> bit_operations = classes;

}  // namespace keraunos::keras
