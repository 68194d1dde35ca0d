#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>

#include "runtime/base/bytes.hpp"

namespace keraunos::file::hdf5 {

/// The decoded elements of datasets, by the addresses of their objects, for as long as somebody
/// uses them. Hard links make one dataset many, and a small compressed one so much memory. Safe to
/// use from many threads.
class DecodedDatasets {
 public:
  /// The elements of the dataset at `address`: those in use, or what `decode()` gives.
  template <typename Decode>
  Bytes find_or_decode(std::uint64_t address, Decode&& decode) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = entries_.find(address); found != entries_.end()) {
        if (auto owner = found->second.owner.lock()) return {found->second.span, std::move(owner)};
      }
    }
    Bytes decoded = decode();
    const std::lock_guard lock(mutex_);
    entries_[address] = {decoded.span, decoded.owner};
    return decoded;
  }

 private:
  struct Entry {
    std::span<const std::byte> span;
    std::weak_ptr<const void> owner;
  };
  std::mutex mutex_;
  std::map<std::uint64_t, Entry> entries_;
};

}  // namespace keraunos::file::hdf5
