#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

#include "kernels/reference/element_types.hpp"
#include "runtime/base/device_code.hpp"

// How elements are ordered, for kernels on every device.

namespace keraunos::reference {

/// The order in which the largest and the smallest are sought. Keras tells the zeros apart here:
/// -0.0 is below 0.0. NaN is below nothing and above nothing.
template <typename T>
KERAUNOS_DEVICE bool is_below(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (a == 0 && b == 0) return std::signbit(a) && !std::signbit(b);
  }
  return a < b;
}

/// The order of a sort: NaN comes last.
template <typename T>
constexpr bool is_less(T a, T b) {
  return a < b || (a == a && b != b);
}
constexpr bool is_less(std::uint8_t a, std::uint8_t b) { return is_less(a != 0, b != 0); }

/// True where a sort puts `a` before `b`; the place in the line decides between equal cells.
template <typename T>
constexpr bool precedes(T a, std::int64_t place_of_a, T b, std::int64_t place_of_b,
                        bool descending) {
  if (is_less(a, b)) return !descending;
  if (is_less(b, a)) return descending;
  return place_of_a < place_of_b;
}

/// Yes where the places along an axis of `cells` fit int32, and elements of `dtype` have an order.
inline Verdict can_number(std::int64_t cells, DType dtype) {
  if (cells > std::numeric_limits<std::int32_t>::max()) {
    return Verdict::no("numbers up to 2147483647 cells only");
  }
  return computed_dtype(dtype);
}

}  // namespace keraunos::reference
