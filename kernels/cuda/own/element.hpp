#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "keraunos/dtype.hpp"
#include "keraunos/error.hpp"

// Kernels that move elements without looking at them are made for each size that elements have.

namespace keraunos::cuda {

template <template <typename> typename Body>
using ForEachElement =
    std::variant<Body<std::uint8_t>, Body<std::uint16_t>, Body<std::uint32_t>, Body<std::uint64_t>>;

/// make(Element{}) for the unsigned integer with the size of `dtype`.
template <typename Result, typename Make>
Result for_element_of(DType dtype, const Make& make) {
  switch (size_of(dtype)) {
    case 1: return make(std::uint8_t{});
    case 2: return make(std::uint16_t{});
    case 4: return make(std::uint32_t{});
    case 8: return make(std::uint64_t{});
  }
  throw Error(ErrorCode::internal, "no element has " + std::to_string(size_of(dtype)) + " bytes");
}

}  // namespace keraunos::cuda
