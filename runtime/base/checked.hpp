#pragma once

#include <cstdint>
#include <optional>

#include "runtime/base/fail.hpp"

// Integer arithmetic on numbers that come from files: the result is right, or it is an Error.

namespace keraunos {

template <typename Int>
constexpr std::optional<Int> try_add(Int a, Int b) {
  Int result{};
  if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
  return result;
}

template <typename Int>
constexpr std::optional<Int> try_multiply(Int a, Int b) {
  Int result{};
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

template <typename Int>
Int checked_add(Int a, Int b) {
  if (const auto sum = try_add(a, b)) return *sum;
  fail(ErrorCode::malformed_file, "{} + {} overflows {} bits", a, b, 8 * sizeof(Int));
}

template <typename Int>
Int checked_multiply(Int a, Int b) {
  if (const auto product = try_multiply(a, b)) return *product;
  fail(ErrorCode::malformed_file, "{} * {} overflows {} bits", a, b, 8 * sizeof(Int));
}

/// floor(a / b) for b > 0, also for negative a (C++ truncates towards zero).
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - static_cast<std::int64_t>(a % b != 0 && a < 0);
}

/// ceil(a / b) for b > 0.
constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return -floor_div(-a, b); }

/// The smallest multiple of `alignment` that is not below `value`.
constexpr std::size_t round_up(std::size_t value, std::size_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

}  // namespace keraunos
