#include "runtime/base/utf8.hpp"

namespace keraunos {
namespace {

/// How a character begins: its length, the bits of its first byte, and what its second byte may be.
struct Lead {
  std::size_t size;
  char32_t bits;
  unsigned char least;
  unsigned char most;
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0, 0};
  if (byte < 0xC2) return {0, 0, 0, 0};
  if (byte < 0xE0) return {2, byte & 0x1FU, 0x80, 0xBF};
  if (byte < 0xF0) {
    const bool overlong = byte == 0xE0;
    const bool surrogate = byte == 0xED;
    return {3, byte & 0x0FU, static_cast<unsigned char>(overlong ? 0xA0 : 0x80),
            static_cast<unsigned char>(surrogate ? 0x9F : 0xBF)};
  }
  if (byte > 0xF4) return {0, 0, 0, 0};
  return {4, byte & 0x07U, static_cast<unsigned char>(byte == 0xF0 ? 0x90 : 0x80),
          static_cast<unsigned char>(byte == 0xF4 ? 0x8F : 0xBF)};
}

}  // namespace

DecodedCharacter decode_utf8(std::string_view text) {
  const Lead lead = lead_of(static_cast<unsigned char>(text[0]));
  if (lead.size == 0) return {};
  char32_t point = lead.bits;
  for (std::size_t i = 1; i < lead.size; ++i) {
    const auto byte = i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    const unsigned least = i == 1 ? lead.least : 0x80U;
    const unsigned most = i == 1 ? lead.most : 0xBFU;
    if (byte < least || byte > most) return {0xFFFD, i, false};
    point = (point << 6) | (byte & 0x3FU);
  }
  return {point, lead.size, true};
}

void append_utf8(char32_t point, std::string& text) {
  const auto put = [&](char32_t bits) { text += static_cast<char>(bits); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0 | (point >> 6));
    return put(0x80 | (point & 0x3F));
  }
  if (point < 0x10000) {
    put(0xE0 | (point >> 12));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
  }
  put(0x80 | ((point >> 6) & 0x3F));
  put(0x80 | (point & 0x3F));
}

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
  };
  std::size_t end = most / 2;
  while (end > 0 && continues(end)) --end;
  std::size_t begin = text.size() - most / 2;
  while (begin < text.size() && continues(begin)) ++begin;
  std::string result(text.substr(0, end));
  result += "...";
  result += text.substr(begin);
  return result;
}

}  // namespace keraunos
