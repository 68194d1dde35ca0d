#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/file/hdf5_image.hpp"

namespace keraunos::file::hdf5 {

/// The names of an old-style group.
class LocalHeap {
 public:
  LocalHeap(const Image& image, std::uint64_t address);

  /// The zero-terminated name at an offset.
  std::string_view name(std::uint64_t offset) const;

 private:
  std::span<const std::byte> data_;
};

/// The variable-length strings of a file. Collections are parsed once each, at their first use, so
/// one object serves one call of one thread.
class GlobalHeap {
 public:
  explicit GlobalHeap(const Image& image) : image_(image), budget_(image), texts_(image) {}

  /// The string whose reference (length, address, index) stands at the cursor.
  std::string_view read_string(ByteReader& reference);

 private:
  using Collection = std::unordered_map<std::uint32_t, std::span<const std::byte>>;

  const Collection& collection(std::uint64_t address);

  const Image& image_;
  Budget budget_;  // of collections
  Budget texts_;   // of strings taken from them: a config may be most of its file
  std::unordered_map<std::uint64_t, Collection> collections_;
};

/// The links or attributes of an object that has many: blocks of doubling size, in which an
/// object is found by its heap ID.
class FractalHeap {
 public:
  FractalHeap(const Image& image, std::uint64_t address, Budget& budget);

  std::span<const std::byte> object(std::span<const std::byte> id) const;

 private:
  struct Block {
    std::uint64_t address;
    std::uint64_t offset;  // of its first byte in the heap's address space
    std::uint64_t size;
  };
  struct Extent {
    std::uint64_t address;
    std::uint64_t size;
  };

  void read_header(ByteReader& in);
  void read_huge_objects(std::uint64_t tree, Budget& budget);
  Block find_block(std::uint64_t offset) const;
  std::span<const std::byte> managed_object(std::uint64_t offset, std::uint64_t size) const;

  const Image& image_;
  unsigned offset_bytes_ = 0;  // of a heap ID's offset
  unsigned length_bytes_ = 0;  // of a heap ID's length
  std::uint64_t width_ = 0;    // blocks in a row
  std::uint64_t first_size_ = 0;
  unsigned max_direct_rows_ = 0;
  unsigned root_rows_ = 0;  // 0: the root is a direct block
  std::optional<std::uint64_t> root_;
  std::optional<std::uint64_t> huge_tree_;
  std::unordered_map<std::uint64_t, Extent> huge_objects_;
};

}  // namespace keraunos::file::hdf5
