#pragma once

#include <cstdint>

#include "keraunos/tensor.hpp"

namespace keraunos::cpu {

/// Calls body(T()) with a type of as many bytes as an element of `dtype`: unsigned, but for
/// strings.
template <typename Body>
void with_unsigned(DType dtype, Body&& body) {
  switch (size_of(dtype)) {
    case 1: return body(std::uint8_t());
    case 2: return body(std::uint16_t());
    case 4: return body(std::uint32_t());
    case 8: return body(std::uint64_t());
    default: return body(StringElement());
  }
}

}  // namespace keraunos::cpu
