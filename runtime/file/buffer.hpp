#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>

#include "runtime/base/bytes.hpp"
#include "runtime/base/fail.hpp"

namespace keraunos::file {

/// Bytes that this process fills itself, then hands on as read-only `Bytes`. New bytes are not
/// initialised, so that a large claim costs no memory until it is written. Aligned to 64 bytes.
class Buffer {
 public:
  explicit Buffer(std::size_t size) : size_(size) {
    void* const memory = ::operator new(size, alignment, std::nothrow);
    if (memory == nullptr) fail(ErrorCode::out_of_memory, "no memory for {} bytes", size);
    memory_.reset(memory, [](void* owned) { ::operator delete(owned, alignment); });
  }

  std::span<std::byte> span() { return {static_cast<std::byte*>(memory_.get()), size_}; }
  std::byte* data() { return span().data(); }
  std::size_t size() const { return size_; }

  /// Shares the memory; the caller stops writing.
  Bytes bytes() const { return {{static_cast<const std::byte*>(memory_.get()), size_}, memory_}; }

 private:
  static constexpr std::align_val_t alignment{64};

  std::shared_ptr<void> memory_;
  std::size_t size_;
};

}  // namespace keraunos::file
