#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace keraunos::file {

/// Reverses the bytes of each element; `elements` holds a whole number of them.
inline void reverse_bytes(std::span<std::byte> elements, std::size_t element_size) {
  if (element_size < 2) return;
  for (std::size_t at = 0; at < elements.size(); at += element_size) {
    std::ranges::reverse(elements.subspan(at, element_size));
  }
}

}  // namespace keraunos::file
