#pragma once

#include <span>
#include <string>

#include "keraunos/tensor.hpp"

namespace keraunos::file {

/// The array in the bytes of a .npy file (format versions 1 to 3). Nothing is allocated for it
/// before the header's shape was found to match the bytes that follow.
Tensor parse_npy(std::span<const std::byte> file);

/// The whole .npy file of a string tensor, as numpy's "<U..". Throws Error where an element is not
/// UTF-8.
std::string npy_of_strings(const Tensor& tensor);

/// The bytes that stand before the elements in a .npy file of that type and shape. The dtype must
/// be one that numpy knows in one size: any but bfloat16 and string.
std::string npy_header(DType dtype, std::span<const std::int64_t> dims);

/// True where the bytes begin as a .npy file does.
bool is_npy(std::span<const std::byte> file);

}  // namespace keraunos::file
