#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace keraunos::file {

/// A file that appears under its name complete or not at all: written beside it under a temporary
/// name, which `commit` renames. Destroyed without `commit`, it leaves nothing behind. Throws Error
/// file_not_readable with the path and the system's reason.
class AtomicFile {
 public:
  explicit AtomicFile(std::string path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  std::uint64_t position() const { return position_; }

  void commit();

 private:
  [[noreturn]] void refuse(const char* action) const;

  std::string path_;
  std::string temporary_;
  int descriptor_ = -1;
  std::uint64_t position_ = 0;
};

}  // namespace keraunos::file
