#pragma once

#include <cmath>

#include "kernels/reference/element_types.hpp"
#include "kernels/reference/integers.hpp"

// The functions of two elements, for every dtype that kernels compute with.

namespace keraunos::reference {

/// fmod with the divisor's sign.
inline double floor_mod(double a, double b) {
  const double rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

inline float combine(BinaryFn fn, float left, float right) {
  const double a = left;
  const double b = right;
  switch (fn) {
    case BinaryFn::add: return static_cast<float>(a + b);
    case BinaryFn::multiply: return static_cast<float>(a * b);
    case BinaryFn::subtract: return static_cast<float>(a - b);
    case BinaryFn::divide: return static_cast<float>(a / b);
    case BinaryFn::maximum: return left > right || std::isnan(left) ? left : right;
    case BinaryFn::minimum: return left < right || std::isnan(left) ? left : right;
    // The quotient is rounded to float32 first, as in TensorFlow: 3.5 // 0.1 is 35.
    case BinaryFn::floor_divide: return std::floor(left / right);
    case BinaryFn::mod: return static_cast<float>(floor_mod(a, b));
    case BinaryFn::power: return static_cast<float>(std::pow(a, b));
    default: return static_cast<float>(std::atan2(a, b));
  }
}

inline std::int32_t combine(BinaryFn fn, std::int32_t a, std::int32_t b) {
  return combine_integers(fn, a, b);
}
inline std::int64_t combine(BinaryFn fn, std::int64_t a, std::int64_t b) {
  return combine_integers(fn, a, b);
}

/// Sums of bools are or, products are and, as in numpy.
inline std::uint8_t combine(BinaryFn fn, std::uint8_t a, std::uint8_t b) {
  const bool either = fn == BinaryFn::add || fn == BinaryFn::maximum;
  return either ? a != 0 || b != 0 : a != 0 && b != 0;
}

template <typename T>
bool compare(BinaryFn fn, T a, T b) {
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

/// Yes where the functions above have a meaning for a Binary's dtype.
inline Verdict can_combine(const NodeView& node) {
  const BinaryFn fn = node.as<Binary>().fn;
  const DType dtype = node.inputs[0].dtype;
  if (!is_computed(dtype)) return computed_dtype(dtype);
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
