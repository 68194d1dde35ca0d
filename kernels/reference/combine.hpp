#pragma once

#include <cmath>

#include "kernels/reference/element_types.hpp"
#include "kernels/reference/integers.hpp"
#include "runtime/base/device_code.hpp"

// The functions of two elements, for every dtype that kernels compute with, on every device.

namespace keraunos::reference {

/// fmod with the divisor's sign.
template <typename Real>
KERAUNOS_DEVICE Real real_floor_mod(Real a, Real b) {
  const Real rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/// The functions that is_arithmetic holds for.
template <typename Real>
constexpr Real arithmetic(BinaryFn fn, Real a, Real b) {
  switch (fn) {
    case BinaryFn::add: return a + b;
    case BinaryFn::multiply: return a * b;
    case BinaryFn::subtract: return a - b;
    case BinaryFn::divide: return a / b;
    case BinaryFn::maximum: return a > b || a != a ? a : b;
    default: return a < b || a != a ? a : b;
  }
}

/// Of two float32 numbers, in the precision of Real.
template <typename Real>
KERAUNOS_DEVICE Real combine_reals(BinaryFn fn, Real a, Real b) {
  switch (fn) {
    // The quotient is rounded to float32 first, as in TensorFlow: 3.5 // 0.1 is 35.
    case BinaryFn::floor_divide: return std::floor(static_cast<float>(a) / static_cast<float>(b));
    case BinaryFn::mod: return real_floor_mod(a, b);
    case BinaryFn::power: return std::pow(a, b);
    case BinaryFn::arctan2: return std::atan2(a, b);
    default: return arithmetic(fn, a, b);
  }
}

inline float combine(BinaryFn fn, float a, float b) {
  return static_cast<float>(combine_reals<double>(fn, a, b));
}

inline std::int32_t combine(BinaryFn fn, std::int32_t a, std::int32_t b) {
  return combine_integers(fn, a, b);
}
inline std::int64_t combine(BinaryFn fn, std::int64_t a, std::int64_t b) {
  return combine_integers(fn, a, b);
}

/// Sums of bools are or, products are and, as in numpy.
constexpr bool combine(BinaryFn fn, bool a, bool b) {
  const bool either = fn == BinaryFn::add || fn == BinaryFn::maximum;
  return either ? a || b : a && b;
}
inline std::uint8_t combine(BinaryFn fn, std::uint8_t a, std::uint8_t b) {
  return combine(fn, a != 0, b != 0);
}

template <typename T>
constexpr bool compare(BinaryFn fn, T a, T b) {
  switch (fn) {
    case BinaryFn::equal: return a == b;
    case BinaryFn::not_equal: return a != b;
    case BinaryFn::less: return a < b;
    case BinaryFn::less_equal: return a <= b;
    case BinaryFn::greater: return a > b;
    case BinaryFn::greater_equal: return a >= b;
    case BinaryFn::logical_and: return a != 0 && b != 0;
    case BinaryFn::logical_or: return a != 0 || b != 0;
    default: return (a != 0) != (b != 0);
  }
}

inline bool compare(BinaryFn fn, std::uint8_t a, std::uint8_t b) {
  return compare<int>(fn, a != 0, b != 0);
}

/// Yes where the functions above have a meaning for a dtype.
inline Verdict can_combine(BinaryFn fn, DType dtype) {
  if (!is_computed(dtype)) return computed_dtype(dtype);
  if (is_bitwise(fn) && (dtype == DType::float32 || dtype == DType::boolean)) {
    return Verdict::no("computes " + std::string(to_string(fn)) + " of integers only");
  }
  if (gives_bool(fn) || dtype == DType::float32) return Verdict::yes();
  if (fn == BinaryFn::divide || fn == BinaryFn::arctan2) {
    return Verdict::no("computes " + std::string(to_string(fn)) + " of float32 only");
  }
  const bool of_bools = fn == BinaryFn::add || fn == BinaryFn::multiply ||
                        fn == BinaryFn::maximum || fn == BinaryFn::minimum;
  if (dtype == DType::boolean && !of_bools) {
    return Verdict::no("computes " + std::string(to_string(fn)) + " of numbers only");
  }
  return Verdict::yes();
}

}  // namespace keraunos::reference
