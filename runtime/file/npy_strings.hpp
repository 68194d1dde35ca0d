#pragma once

#include <span>
#include <vector>

#include "keraunos/tensor.hpp"
#include "runtime/file/npy_header.hpp"

namespace keraunos::file {

/// The string tensor that numpy stored as `elements`, each padded with zeros to
/// header.element_size: little-endian code points, or bytes as they are.
Tensor strings_of(std::span<const std::byte> elements, const NpyHeader& header);

/// A string tensor as numpy stores it: `length` code points an element, zeros at the end.
struct CodePoints {
  std::size_t length = 1;
  std::vector<char32_t> values;
};

/// Throws Error where an element is not UTF-8.
CodePoints code_points_of(const Tensor& tensor);

}  // namespace keraunos::file
