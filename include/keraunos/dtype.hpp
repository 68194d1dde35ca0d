#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "keraunos/export.hpp"

namespace keraunos {

/// Element types of tensors, with the meaning they have in numpy. `bfloat16` is the upper half of a
/// float32. The numbers are part of the C ABI: never renumber.
enum class DType {
  float32 = 0,
  float16 = 1,
  bfloat16 = 2,
  float64 = 3,
  int8 = 4,
  uint8 = 5,
  int16 = 6,
  uint16 = 7,
  int32 = 8,
  uint32 = 9,
  int64 = 10,
  uint64 = 11,
  boolean = 12,
  string = 13,  ///< elements are StringElement
};

inline constexpr std::size_t dtype_count = 14;

/// Bytes of one element.
KERAUNOS_API std::size_t size_of(DType dtype);

/// Keras's own name: "float32", "uint8", "bool", "string", ...
KERAUNOS_API std::string_view to_string(DType dtype);

/// The inverse of to_string; nothing for a name that is no dtype of ours.
KERAUNOS_API std::optional<DType> dtype_from_name(std::string_view name);

/// True for float16, bfloat16, float32 and float64.
KERAUNOS_API bool is_floating(DType dtype);

}  // namespace keraunos
