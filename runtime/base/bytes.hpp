#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace keraunos {

/// Read-only bytes together with whatever keeps them alive: a file mapping, an inflated buffer.
/// Copying shares the owner, never the bytes. No alignment is promised.
struct Bytes {
  std::span<const std::byte> span;
  std::shared_ptr<const void> owner;

  const std::byte* data() const { return span.data(); }
  std::size_t size() const { return span.size(); }
};

}  // namespace keraunos
