#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace keraunos {

/// The first character of a text.
struct DecodedCharacter {
  char32_t point = 0xFFFD;
  std::size_t size = 1;  ///< bytes that it takes
  bool is_valid = false;
};

/// Decodes the first character of `text`, which must not be empty. Where the bytes are not UTF-8 it
/// is U+FFFD for the longest start of a character there is, at least one byte, as in ICU.
DecodedCharacter decode_utf8(std::string_view text);

void append_utf8(char32_t point, std::string& text);

/// `text` in at most about `most` bytes: of a longer one the first and the last part, "..." between
/// them.
std::string shortened(std::string_view text, std::size_t most);

/// False above U+10FFFF and for surrogates.
constexpr bool is_code_point(char32_t point) {
  return point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
}

}  // namespace keraunos
