#include "runtime/file/printable.hpp"

#include <fmt/format.h>

#include "runtime/base/utf8.hpp"

namespace keraunos::file {
namespace {

// What changes how a terminal shows the text around it: controls (C0, C1), line and paragraph
// separators, and what sets the direction of writing.
bool is_control(char32_t point) {
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x61c || point == 0x200e ||
         point == 0x200f || (point >= 0x2028 && point <= 0x202e) ||
         (point >= 0x2066 && point <= 0x2069);
}

}  // namespace

std::string printable(std::string_view text, std::size_t max_length) {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    const DecodedCharacter character = decode_utf8(text.substr(at));
    if (at + character.size > max_length) break;
    if (!character.is_valid) {
      for (std::size_t i = 0; i < character.size; ++i) {
        result += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at + i]));
      }
    } else if (!is_control(character.point)) {
      result += text.substr(at, character.size);
    } else {
      const auto code = static_cast<std::uint32_t>(character.point);
      result += code < 0x80 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
    }
    at += character.size;
  }
  if (at < text.size()) result += "...";
  return result;
}

}  // namespace keraunos::file
