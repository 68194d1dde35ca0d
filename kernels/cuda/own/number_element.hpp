#pragma once

#include <concepts>

#include "kernels/cuda/own/float_element.hpp"

// Kernels that compute with any number: floats as float_element.hpp has it, int32 and int64 as they
// are, and bool, which is stored as a byte that is true where it is not 0.

namespace keraunos::cuda {

/// What kernels compute with: float, std::int32_t, std::int64_t or bool.
template <typename Element>
KERAUNOS_DEVICE auto to_number(Element x) {
  if constexpr (std::same_as<Element, std::uint8_t>) {
    return x != 0;
  } else if constexpr (std::integral<Element>) {
    return x;
  } else {
    return to_float(x);
  }
}

template <typename Element>
using Number = decltype(to_number(Element{}));

/// The element that holds `x`; see from_float for what it rounds.
template <typename Element>
KERAUNOS_DEVICE Element from_number(Number<Element> x) {
  if constexpr (std::integral<Element>) {
    return static_cast<Element>(x);
  } else {
    return from_float<Element>(x);
  }
}

/// What no number is below, and what none is above.
template <typename T>
inline constexpr T lowest_number = std::numeric_limits<T>::has_infinity
                                       ? -std::numeric_limits<T>::infinity()
                                       : std::numeric_limits<T>::lowest();
template <typename T>
inline constexpr T highest_number = std::numeric_limits<T>::has_infinity
                                        ? std::numeric_limits<T>::infinity()
                                        : std::numeric_limits<T>::max();

template <template <typename> typename Body>
using ForEachNumber = std::variant<Body<float>, Body<Float16>, Body<BFloat16>, Body<std::int32_t>,
                                   Body<std::int64_t>, Body<std::uint8_t>>;

/// make(Element{}) for the element with this dtype.
template <typename Result, typename Make>
Result for_number_element(DType dtype, const Make& make) {
  switch (dtype) {
    case DType::int32: return make(std::int32_t{});
    case DType::int64: return make(std::int64_t{});
    case DType::boolean: return make(std::uint8_t{});
    default: return for_float_element<Result>(dtype, make);
  }
}

/// The dtype in which kernels compute with elements of `dtype`: float32 for the 16-bit floats.
constexpr DType arithmetic_dtype(DType dtype) {
  return is_float_element(dtype) ? DType::float32 : dtype;
}

}  // namespace keraunos::cuda
