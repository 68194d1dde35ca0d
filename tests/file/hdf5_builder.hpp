#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

// Hand-made HDF5 files for the tests of refusals: superblock 0 and object headers of version 1,
// which have no checksums to keep right.

namespace keraunos::file::testing {

/// `bytes` little-endian bytes of a number.
inline std::string le(std::uint64_t value, unsigned bytes) {
  std::string text;
  for (unsigned i = 0; i < bytes; ++i, value >>= 8) text += static_cast<char>(value & 0xffU);
  return text;
}

struct TestMessage {
  std::uint16_t type;
  std::string body;
  std::uint8_t flags = 0;
};

class Hdf5Builder {
 public:
  static constexpr std::uint64_t undefined = ~std::uint64_t{0};

  /// Appends bytes at the next multiple of 8 and tells their address.
  std::uint64_t add(const std::string& bytes) {
    while (file_.size() % 8 != 0) file_ += '\0';
    const std::uint64_t address = file_.size();
    file_ += bytes;
    return address;
  }

  std::uint64_t next_address() const { return (file_.size() + 7) / 8 * 8; }

  std::uint64_t add_header(const std::vector<TestMessage>& messages) {
    std::string body;
    for (const TestMessage& message : messages) {
      body += le(message.type, 2) + le(message.body.size(), 2) + le(message.flags, 1) + le(0, 3);
      body += message.body;
    }
    return add(le(1, 2) + le(messages.size(), 2) + le(1, 4) + le(body.size(), 4) + le(0, 4) + body);
  }

  /// The file, with the object at `root` as its root.
  std::string finish(std::uint64_t root) const {
    std::string superblock = "\x89HDF\r\n\x1a\n";
    superblock += le(0, 5) + le(8, 1) + le(8, 1) + le(0, 1) + le(4, 2) + le(16, 2) + le(0, 4);
    superblock += le(0, 8) + le(undefined, 8) + le(file_.size(), 8) + le(undefined, 8);
    superblock += le(0, 8) + le(root, 8) + le(0, 24);
    return superblock + file_.substr(superblock.size());
  }

  /// A file whose root group holds one object, "x".
  std::string finish_with(std::uint64_t object) {
    return finish(add_header({{6, le(1, 1) + le(0, 1) + le(1, 1) + "x" + le(object, 8)}}));
  }

 private:
  std::string file_ = std::string(96, '\0');
};

// Bodies of the messages that make a dataset.

inline std::string dataspace(std::initializer_list<std::uint64_t> dims) {
  std::string body = le(1, 1) + le(dims.size(), 1) + le(0, 6);
  for (const std::uint64_t size : dims) body += le(size, 8);
  return body;
}

inline std::string float32_type() {
  return le(0x11, 1) + le(0x1f20, 3) + le(4, 4) + le(0, 2) + le(32, 2) + le(0x17000817, 4) +
         le(127, 4);
}

inline std::string uint8_type() { return le(0x10, 1) + le(0, 3) + le(1, 4) + le(0, 2) + le(8, 2); }

inline std::string string_type(unsigned size, unsigned padding) {
  return le(0x13, 1) + le(padding, 3) + le(size, 4);
}

inline std::string variable_string_type() {
  return le(0x19, 1) + le(1, 3) + le(16, 4) + uint8_type();
}

inline std::string contiguous(std::uint64_t address, std::uint64_t size) {
  return le(3, 1) + le(1, 1) + le(address, 8) + le(size, 8);
}

inline std::string compact(const std::string& elements) {
  return le(3, 1) + le(0, 1) + le(elements.size(), 2) + elements;
}

/// Chunks found through a version 1 B-tree.
inline std::string chunked(std::uint64_t tree, std::initializer_list<std::uint64_t> chunk_dims,
                           unsigned element_size) {
  std::string body = le(3, 1) + le(2, 1) + le(chunk_dims.size() + 1, 1) + le(tree, 8);
  for (const std::uint64_t size : chunk_dims) body += le(size, 4);
  return body + le(element_size, 4);
}

inline std::string filters(std::initializer_list<unsigned> ids) {
  std::string body = le(1, 1) + le(ids.size(), 1) + le(0, 6);
  for (const unsigned id : ids) body += le(id, 2) + le(0, 2) + le(0, 2) + le(0, 2);
  return body;
}

/// A leaf of a version 1 B-tree with one chunk of a one-dimensional dataset.
inline std::string chunk_leaf(std::uint64_t address, std::uint64_t stored, std::uint64_t offset) {
  return "TREE" + le(1, 1) + le(0, 1) + le(1, 2) + le(Hdf5Builder::undefined, 8) +
         le(Hdf5Builder::undefined, 8) + le(stored, 4) + le(0, 4) + le(offset, 8) + le(0, 8) +
         le(address, 8) + le(0, 24);
}

}  // namespace keraunos::file::testing
