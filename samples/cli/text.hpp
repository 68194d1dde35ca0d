#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "keraunos/model.hpp"

namespace keraunos::cli {

/// `text` with control characters, C1 and bidirectional ones among them, replaced by spaces: names
/// come from files of strangers, and an error message is one line.
std::string printable(std::string_view text);

/// At most the first `most` characters, with "..." behind them where there were more.
std::string shortened(std::string_view text, std::size_t most);

/// "a, b, c"
std::string join(const std::vector<std::string>& parts, std::string_view separator = ", ");

/// "812 B", "1.5 KiB", "3.2 GiB"
std::string byte_count(std::size_t bytes);

/// "1,234,567"
std::string with_commas(std::int64_t number);

/// "(batch, 28, 28, 1) float32"
std::string describe(const TensorInfo& info);

/// Left-aligned columns; the first row is the header and is underlined. Long cells are shortened:
/// one makes its column wide for all rows.
class Table {
 public:
  explicit Table(std::vector<std::string> header);
  void add(std::vector<std::string> row);
  std::string to_string() const;
  /// Writes the table to stdout, row by row.
  void print() const;

 private:
  void for_each_line(const std::function<void(const std::string&)>& visit) const;

  std::vector<std::vector<std::string>> rows_;
};

}  // namespace keraunos::cli
