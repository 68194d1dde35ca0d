#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keraunos/tensor.hpp"
#include "runtime/file/byte_reader.hpp"
#include "runtime/file/hdf5_image.hpp"

namespace keraunos::file::hdf5 {

/// The extent of a dataset or attribute.
struct Dataspace {
  static constexpr std::uint64_t unlimited = ~std::uint64_t{0};

  bool null = false;  ///< has no extent at all, not even that of a scalar
  Dims dims;
  std::vector<std::uint64_t> max_dims;  ///< as many as dims

  /// 0 for a null dataspace. Checked against overflow when the dataspace was parsed.
  std::uint64_t count() const;
};

Dataspace parse_dataspace(const Image& image, ByteReader in);

enum class TypeKind { numeric, opaque, fixed_string, variable_string, unsupported };
enum class StringPadding : std::uint8_t { null_terminated = 0, null_padded = 1, space_padded = 2 };

/// The type of an element. A type that this reader does not convert is still described, so that
/// what surrounds it can be read.
struct Datatype {
  TypeKind kind = TypeKind::unsupported;
  std::size_t size = 0;          ///< bytes of a stored element, at least 1
  DType dtype = DType::float32;  ///< of numeric types
  bool big_endian = false;       ///< of numeric types
  StringPadding padding{};       ///< of fixed strings
  std::string description;       ///< for errors: "a compound type", "an 80-bit float"
};

Datatype parse_datatype(ByteReader in);

}  // namespace keraunos::file::hdf5
