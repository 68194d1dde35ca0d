#pragma once

#include <cstdint>
#include <string>

#include "runtime/backend/kernel.hpp"

namespace keraunos {

/// True for the dtypes that kernels compute with: float32, int32, int64 and bool.
constexpr bool is_computed(DType dtype) {
  return dtype == DType::float32 || dtype == DType::int32 || dtype == DType::int64 ||
         dtype == DType::boolean;
}

inline Verdict computed_dtype(DType dtype) {
  return is_computed(dtype) ? Verdict::yes()
                            : Verdict::no("computes float32, int32, int64 and bool only, not " +
                                          std::string(to_string(dtype)));
}

/// Calls body(T()) with the type of the elements of a computed dtype. A bool is a byte, true where
/// it is not 0: a caller's memory may hold any.
template <typename Body>
void with_element_type(DType dtype, Body&& body) {
  switch (dtype) {
    case DType::float32: return body(float());
    case DType::int32: return body(std::int32_t());
    case DType::int64: return body(std::int64_t());
    default: return body(std::uint8_t());
  }
}

}  // namespace keraunos
