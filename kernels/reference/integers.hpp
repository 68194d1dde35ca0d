#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

#include "runtime/ops/binary.hpp"
#include "runtime/ops/unary.hpp"

// The elementwise functions of integers, for kernels on every device. Arithmetic wraps, as in numpy
// and TensorFlow.

namespace keraunos::reference {

template <typename Int>
constexpr Int wrapping_add(Int a, Int b) {
  using Wrapping = std::make_unsigned_t<Int>;
  return static_cast<Int>(static_cast<Wrapping>(a) + static_cast<Wrapping>(b));
}

template <typename Int>
constexpr Int wrapping_subtract(Int a, Int b) {
  using Wrapping = std::make_unsigned_t<Int>;
  return static_cast<Int>(static_cast<Wrapping>(a) - static_cast<Wrapping>(b));
}

template <typename Int>
constexpr Int wrapping_multiply(Int a, Int b) {
  using Wrapping = std::make_unsigned_t<Int>;
  return static_cast<Int>(static_cast<Wrapping>(a) * static_cast<Wrapping>(b));
}

/// Rounds towards minus infinity. A division by 0, which TensorFlow refuses, gives 0.
template <typename Int>
constexpr Int floor_divide(Int a, Int b) {
  if (b == 0) return 0;
  if (b == -1) return wrapping_subtract<Int>(0, a);  // of the lowest number itself
  return a / b - static_cast<Int>(a % b != 0 && (a < 0) != (b < 0));
}

/// The remainder to floor_divide: it takes the divisor's sign, and is 0 for a divisor of 0.
template <typename Int>
constexpr Int floor_mod(Int a, Int b) {
  if (b == 0 || b == -1) return 0;
  const Int rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/// A negative exponent, which TensorFlow refuses, gives 0.
template <typename Int>
constexpr Int power(Int base, Int exponent) {
  if (exponent < 0) return 0;
  Int result = 1;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 != 0) result = wrapping_multiply(result, base);
    base = wrapping_multiply(base, base);
  }
  return result;
}

/// `count` within 0 ... bits - 1, as TensorFlow takes it.
template <typename Int>
constexpr Int shift_count(Int count) {
  constexpr Int most = std::numeric_limits<Int>::digits;
  return count < 0 ? Int{0} : count > most ? most : count;
}

template <typename Int>
constexpr Int left_shift(Int a, Int count) {
  using Wrapping = std::make_unsigned_t<Int>;
  return static_cast<Int>(static_cast<Wrapping>(a) << shift_count(count));
}

/// The functions of two integers that give an integer.
template <typename Int>
constexpr Int combine_integers(BinaryFn fn, Int a, Int b) {
  switch (fn) {
    case BinaryFn::add: return wrapping_add(a, b);
    case BinaryFn::subtract: return wrapping_subtract(a, b);
    case BinaryFn::multiply: return wrapping_multiply(a, b);
    case BinaryFn::maximum: return a > b ? a : b;
    case BinaryFn::minimum: return a < b ? a : b;
    case BinaryFn::floor_divide: return floor_divide(a, b);
    case BinaryFn::mod: return floor_mod(a, b);
    case BinaryFn::bitwise_and: return a & b;
    case BinaryFn::bitwise_or: return a | b;
    case BinaryFn::bitwise_xor: return a ^ b;
    case BinaryFn::left_shift: return left_shift(a, b);
    case BinaryFn::right_shift: return a >> shift_count(b);
    default: return power(a, b);
  }
}

/// True where a parameter of Unary is a whole number that float32 holds exactly.
inline bool is_whole(float parameter) {
  return std::fabs(parameter) <= 16777216 && std::floor(parameter) == parameter;
}

/// True for functions of an integer that give an integer.
inline bool maps_integers(const Unary& unary) {
  switch (unary.fn) {
    case UnaryFn::relu:
      return is_whole(unary.alpha) && is_whole(unary.gamma) &&
             (is_whole(unary.beta) || unary.beta == std::numeric_limits<float>::infinity());
    case UnaryFn::linear: return is_whole(unary.alpha) && is_whole(unary.beta);
    case UnaryFn::identity:
    case UnaryFn::round:
    case UnaryFn::floor:
    case UnaryFn::ceil:
    case UnaryFn::trunc:
    case UnaryFn::negative:
    case UnaryFn::absolute:
    case UnaryFn::square:
    case UnaryFn::sign: return true;
    default: return false;
  }
}

/// See activation.hpp for the same of floats.
template <typename Int>
constexpr Int relu_of_integer(const Unary& unary, Int x) {
  const auto slope = static_cast<Int>(unary.alpha);
  const auto limit = static_cast<Int>(unary.gamma);
  Int positive = x > limit ? x : 0;
  if (unary.beta != std::numeric_limits<float>::infinity()) {
    const auto ceiling = static_cast<Int>(unary.beta);
    if (positive < 0) positive = 0;
    if (positive > ceiling) positive = ceiling;
  }
  if (slope == 0 || x >= limit) return positive;
  return wrapping_subtract(positive, wrapping_multiply(slope, wrapping_subtract(limit, x)));
}

/// For what maps_integers.
template <typename Int>
constexpr Int map_integer(const Unary& unary, Int x) {
  switch (unary.fn) {
    case UnaryFn::relu: return relu_of_integer(unary, x);
    case UnaryFn::linear:
      return wrapping_add(wrapping_multiply(static_cast<Int>(unary.alpha), x),
                          static_cast<Int>(unary.beta));
    case UnaryFn::negative: return wrapping_subtract<Int>(0, x);
    case UnaryFn::absolute: return x < 0 ? wrapping_subtract<Int>(0, x) : x;
    case UnaryFn::square: return wrapping_multiply(x, x);
    case UnaryFn::sign: return static_cast<Int>((x > 0) - (x < 0));
    default: return x;
  }
}

}  // namespace keraunos::reference
