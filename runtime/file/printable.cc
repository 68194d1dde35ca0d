#include "runtime/file/printable.hpp"

#include <fmt/format.h>

namespace keraunos::file {

std::string printable(std::string_view text, std::size_t max_length) {
  std::size_t end = text.size();
  if (end > max_length) {
    end = max_length;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  }
  std::string result;
  for (const char c : text.substr(0, end)) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20 || code == 0x7f) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned>(code));
    } else {
      result += c;
    }
  }
  if (end < text.size()) result += "...";
  return result;
}

}  // namespace keraunos::file
