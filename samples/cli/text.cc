#include "samples/cli/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace keraunos::cli {
namespace {

constexpr std::size_t widest_cell = 200;

/// How many bytes at the start of `text` would change how a terminal shows what stands around them:
/// controls of ASCII, those of C1 in UTF-8, bytes that only UTF-8 in front makes sense of, line
/// separators, and what sets the direction of writing.
std::size_t control_bytes(std::string_view text) {
  constexpr std::array<std::array<std::string_view, 2>, 5> ranges = {{
      {"\xC2\x80", "\xC2\x9F"},          // C1
      {"\xD8\x9C", "\xD8\x9C"},          // Arabic letter mark
      {"\xE2\x80\x8E", "\xE2\x80\x8F"},  // left-to-right and right-to-left mark
      {"\xE2\x80\xA8", "\xE2\x80\xAE"},  // separators, embeddings and overrides
      {"\xE2\x81\xA6", "\xE2\x81\xA9"},  // isolates
  }};
  const auto byte = static_cast<unsigned char>(text.front());
  if (byte < 0x20 || byte == 0x7f || (byte & 0xc0U) == 0x80U) return 1;
  for (const auto& [first, last] : ranges) {
    const std::string_view start = text.substr(0, first.size());
    if (first <= start && start <= last) return start.size();
  }
  return 0;
}

/// The bytes of the character that `text` starts with.
std::size_t character_bytes(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text.front());
  const std::size_t wanted = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  std::size_t size = 1;
  while (size < std::min(wanted, text.size()) &&
         (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) {
    ++size;
  }
  return size;
}

/// Characters, not bytes: continuation bytes of UTF-8 take no room on the screen.
std::size_t width(std::string_view text) {
  const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts));
}

}  // namespace

std::string printable(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const std::size_t control = control_bytes(text);
    const std::size_t size = control > 0 ? control : character_bytes(text);
    line += control > 0 ? std::string_view(" ") : text.substr(0, size);
    text.remove_prefix(size);
  }
  return line;
}

std::string shortened(std::string_view text, std::size_t most) {
  std::size_t end = 0;
  std::size_t characters = 0;
  while (end < text.size() && characters < most) {
    end += character_bytes(text.substr(end));
    ++characters;
  }
  return std::string(text.substr(0, end)) + (end < text.size() ? "..." : "");
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string byte_count(std::size_t bytes) {
  constexpr std::array units = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < units.size(); ++unit) amount /= 1024;
  return fmt::format("{:.1f} {}", amount, units[unit]);
}

std::string with_commas(std::int64_t number) {
  std::string digits = fmt::format("{}", number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string describe(const TensorInfo& info) {
  std::vector<std::string> sizes;
  for (const Axis& axis : info.axes) sizes.push_back(axis.formula);
  const char* close = sizes.size() == 1 ? ",)" : ")";
  return fmt::format("({}{} {}", join(sizes), close, to_string(info.dtype));
}

Table::Table(std::vector<std::string> header) { add(std::move(header)); }

void Table::add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = printable(shortened(cell, widest_cell));
  rows_.push_back(std::move(row));
}

void Table::for_each_line(const std::function<void(const std::string&)>& visit) const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }

  const auto line = [&](const std::vector<std::string>& row) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i] + std::string(widths[i] - width(row[i]) + 2, ' ');
    }
    return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  };

  std::vector<std::string> rule;
  for (const std::size_t columns : widths) rule.emplace_back(columns, '-');

  visit(line(rows_.front()));
  visit(line(rule));
  for (std::size_t i = 1; i < rows_.size(); ++i) visit(line(rows_[i]));
}

std::string Table::to_string() const {
  std::string text;
  for_each_line([&](const std::string& line) { text += line; });
  return text;
}

void Table::print() const {
  for_each_line([](const std::string& line) { fmt::print("{}", line); });
}

}  // namespace keraunos::cli
