#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/file/atomic_file.hpp"

namespace keraunos::file {

/// Writes a zip archive of stored members, with zip64 records where sizes need them. The file
/// appears when `finish` is called; without it nothing is left behind.
class ZipWriter {
 public:
  explicit ZipWriter(std::string path) : file_(std::move(path)) {}

  /// Appends a member whose content is `parts` put together.
  void add(const std::string& name, std::span<const std::span<const std::byte>> parts);

  void finish();

 private:
  struct Entry {
    std::string name;
    std::uint32_t crc32;
    std::uint64_t size;
    std::uint64_t offset;
  };

  AtomicFile file_;
  std::vector<Entry> entries_;
};

}  // namespace keraunos::file
