#pragma once

#include <cstddef>
#include <string_view>

#include "keraunos/tensor.hpp"

namespace keraunos::file {

/// The most dimensions that numpy allows.
inline constexpr std::size_t max_npy_rank = 64;

/// What the dictionary at the beginning of a .npy file says.
struct NpyHeader {
  DType dtype = DType::float32;
  std::size_t element_size = 4;
  bool is_unicode = false;  // a string of 32-bit code points instead of bytes
  bool big_endian = false;
  bool fortran_order = false;
  Dims dims;
};

/// Parses "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }": the three keys in any
/// order, each once. Types that Keraunos does not hold are refused by name.
NpyHeader parse_npy_header(std::string_view text);

/// numpy's code for a dtype in little-endian order: "<f4", "|b1". Strings have none of one size.
std::string_view npy_descr(DType dtype);

}  // namespace keraunos::file
