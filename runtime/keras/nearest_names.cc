#include "runtime/keras/nearest_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "runtime/base/fail.hpp"
#include "runtime/file/printable.hpp"

namespace keraunos::keras {
namespace {

constexpr std::size_t compared_bytes = 64;
constexpr std::size_t listed_names = 20;
constexpr std::size_t listed_bytes = 1000;

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  a = a.substr(0, compared_bytes);
  b = b.substr(0, compared_bytes);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

std::vector<std::string> nearest_names(std::string_view wanted, std::vector<std::string> names,
                                       std::size_t count) {
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (std::string& name : names) {
    const std::size_t distance = edit_distance(wanted, name);
    ranked.emplace_back(distance, std::move(name));
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> nearest;
  for (auto& [distance, name] : ranked) {
    if (nearest.size() == count) break;
    nearest.push_back(std::move(name));
  }
  return nearest;
}

std::string did_you_mean(std::string_view wanted, const std::vector<std::string>& names) {
  const std::vector<std::string> nearest = nearest_names(wanted, names, 1);
  if (nearest.empty() || nearest.front() == wanted) return {};
  const std::size_t most = std::min<std::size_t>(3, wanted.size() / 3);
  if (edit_distance(wanted, nearest.front()) > most) return {};
  return fmt::format(". Did you mean '{}'?", nearest.front());
}

void refuse_unknown_layer(std::string_view wanted, const std::vector<std::string>& names) {
  const std::vector<std::string> nearest = nearest_names(wanted, names, listed_names);
  const std::size_t left_out = names.size() - nearest.size();
  fail(ErrorCode::invalid_argument, "the model has no layer '{}'; it has {}{}", wanted,
       file::printable(fmt::format("{}", fmt::join(nearest, ", ")), listed_bytes),
       left_out == 0 ? "" : fmt::format(" and {} more", left_out));
}

}  // namespace keraunos::keras
