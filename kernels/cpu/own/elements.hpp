#pragma once

#include <cstdint>

#include "keraunos/dtype.hpp"

namespace keraunos::cpu {

/// Calls body(T()) with an unsigned type of as many bytes as an element of `dtype`.
template <typename Body>
void with_unsigned(DType dtype, Body&& body) {
  switch (size_of(dtype)) {
    case 1: return body(std::uint8_t());
    case 2: return body(std::uint16_t());
    case 4: return body(std::uint32_t());
    default: return body(std::uint64_t());
  }
}

}  // namespace keraunos::cpu
