#include "runtime/file/npy_strings.hpp"

#include <algorithm>
#include <cstring>

#include "runtime/base/checked.hpp"
#include "runtime/base/utf8.hpp"

namespace keraunos::file {
namespace {

void append_code_points(std::span<const std::byte> element, std::string& text) {
  std::vector<char32_t> points(element.size() / sizeof(char32_t));
  if (!points.empty()) std::memcpy(points.data(), element.data(), element.size());
  while (!points.empty() && points.back() == 0) points.pop_back();
  for (const char32_t point : points) {
    if (!is_code_point(point)) {
      fail(ErrorCode::malformed_file, "a string holds {:#x}, which is no character",
           static_cast<std::uint32_t>(point));
    }
    append_utf8(point, text);
  }
}

void append_bytes(std::span<const std::byte> element, std::string& text) {
  while (!element.empty() && element.back() == std::byte{0}) {
    element = element.first(element.size() - 1);
  }
  text.append(reinterpret_cast<const char*>(element.data()), element.size());
}

}  // namespace

Tensor strings_of(std::span<const std::byte> elements, const NpyHeader& header) {
  const auto count = static_cast<std::size_t>(element_count(header.dims));
  std::string text;
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < count; ++i) {
    const auto element = elements.subspan(i * header.element_size, header.element_size);
    header.is_unicode ? append_code_points(element, text) : append_bytes(element, text);
    ends.push_back(text.size());
  }
  std::vector<std::string_view> views;
  std::size_t start = 0;
  for (const std::size_t end : ends) {
    views.push_back(std::string_view(text).substr(start, end - start));
    start = end;
  }
  return Tensor::of_strings(header.dims, views);
}

CodePoints code_points_of(const Tensor& tensor) {
  CodePoints points;
  std::vector<std::vector<char32_t>> strings;
  for (const StringElement& element : tensor.as<StringElement>()) {
    std::vector<char32_t>& characters = strings.emplace_back();
    for (std::string_view rest = element.view(); !rest.empty();) {
      const DecodedCharacter character = decode_utf8(rest);
      if (!character.is_valid) {
        fail(ErrorCode::invalid_argument, "a string is not UTF-8, which numpy's strings need");
      }
      characters.push_back(character.point);
      rest.remove_prefix(character.size);
    }
    points.length = std::max(points.length, characters.size());
  }
  if (!try_multiply(strings.size(), points.length * sizeof(char32_t))) {
    fail(ErrorCode::out_of_memory, "{} strings of {} characters", strings.size(), points.length);
  }
  points.values.resize(strings.size() * points.length);
  for (std::size_t i = 0; i < strings.size(); ++i) {
    std::ranges::copy(strings[i],
                      points.values.begin() + static_cast<std::ptrdiff_t>(i * points.length));
  }
  return points;
}

}  // namespace keraunos::file
