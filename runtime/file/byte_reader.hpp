#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "runtime/base/fail.hpp"

namespace keraunos::file {

/// The one way in which the readers of this room look into bytes: a cursor that never leaves its
/// span. Numbers are little-endian. Reading past the end throws Error malformed_file naming `what`.
class ByteReader {
 public:
  /// `what` names the bytes in errors ("the zip central directory") and must outlive the reader.
  ByteReader(std::span<const std::byte> bytes, std::string_view what)
      : bytes_(bytes), what_(what) {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }
  std::string_view what() const { return what_; }

  /// The next `count` bytes, in place.
  std::span<const std::byte> take(std::uint64_t count) {
    if (count > remaining()) {
      fail(ErrorCode::malformed_file, "{} ends early: {} bytes wanted at byte {}, {} left", what_,
           count, position_, remaining());
    }
    const auto taken = bytes_.subspan(position_, static_cast<std::size_t>(count));
    position_ += taken.size();
    return taken;
  }

  std::string_view text(std::uint64_t count) {
    const auto taken = take(count);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

  void skip(std::uint64_t count) { take(count); }

  std::uint8_t u8() { return static_cast<std::uint8_t>(uint(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(uint(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(uint(4)); }
  std::uint64_t u64() { return uint(8); }

  /// An unsigned number of 1 to 8 bytes.
  std::uint64_t uint(unsigned bytes) {
    std::uint64_t value = 0;
    unsigned shift = 0;
    for (const std::byte byte : take(bytes)) {
      value |= std::to_integer<std::uint64_t>(byte) << shift;
      shift += 8;
    }
    return value;
  }

  /// Consumes a signature; anything else is an Error that shows what was found.
  void expect(std::string_view signature) {
    const std::string_view found = text(signature.size());
    if (found == signature) return;
    fail(ErrorCode::malformed_file, "{} has no '{}' signature at byte {}", what_, signature,
         position_ - signature.size());
  }

 private:
  std::span<const std::byte> bytes_;
  std::string_view what_;
  std::size_t position_ = 0;
};

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace keraunos::file
