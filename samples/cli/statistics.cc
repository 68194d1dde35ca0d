#include "samples/cli/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "samples/cli/text.hpp"

namespace keraunos::cli {
namespace {

std::string share(std::int64_t part, std::int64_t all) {
  if (all == 0) return "-";
  return fmt::format("{:.1f} %", 100 * static_cast<double>(part) / static_cast<double>(all));
}

std::string number(double value, const Statistics& statistics) {
  return statistics.finite == 0 ? "-" : fmt::format("{:.6g}", value);
}

std::string first_line(const char* what, const NamedTensors& tensors,
                       const std::vector<std::size_t>& in_order, const std::vector<Statistics>& all,
                       std::int64_t Statistics::*count) {
  for (const std::size_t i : in_order) {
    const std::int64_t found = all[i].*count;
    if (found == 0) continue;
    return fmt::format("{} appears first in '{}': {} of {} cells\n", what,
                       printable(tensors[i].first), with_commas(found), with_commas(all[i].cells));
  }
  return fmt::format("no {}\n", what);
}

}  // namespace

Statistics statistics_of(const Tensor& tensor) {
  Statistics statistics;
  double sum = 0;
  const Tensor numbers = tensor.cast(DType::float64);
  for (const double value : numbers.as<double>()) {
    ++statistics.cells;
    if (std::isnan(value)) ++statistics.nans;
    if (std::isinf(value)) ++statistics.infinities;
    if (!std::isfinite(value)) continue;
    if (value == 0) ++statistics.zeros;
    const bool is_first = statistics.finite++ == 0;
    statistics.least = is_first ? value : std::min(statistics.least, value);
    statistics.largest = is_first ? value : std::max(statistics.largest, value);
    sum += value;
  }
  if (statistics.finite > 0) statistics.mean = sum / static_cast<double>(statistics.finite);
  return statistics;
}

std::string statistics_table(const NamedTensors& tensors,
                             const std::vector<std::size_t>& in_order) {
  Table table({"Result", "Shape", "Min", "Mean", "Max", "Zeros", "NaN", "Inf"});
  std::vector<Statistics> all;
  for (const auto& [name, tensor] : tensors) all.push_back(statistics_of(tensor));
  for (const std::size_t i : in_order) {
    const Statistics& it = all[i];
    table.add({tensors[i].first, to_string(tensors[i].second.dims()), number(it.least, it),
               number(it.mean, it), number(it.largest, it), share(it.zeros, it.cells),
               with_commas(it.nans), with_commas(it.infinities)});
  }
  return table.to_string() + first_line("NaN", tensors, in_order, all, &Statistics::nans) +
         first_line("Inf", tensors, in_order, all, &Statistics::infinities);
}

std::string overflow_line(const NamedTensors& narrow, const NamedTensors& wide,
                          const std::vector<std::size_t>& in_order) {
  for (const std::size_t i : in_order) {
    const std::int64_t lost =
        statistics_of(wide[i].second).finite - statistics_of(narrow[i].second).finite;
    if (lost <= 0) continue;
    return fmt::format(
        "float16 overflows in '{}' or before it: {} cells that are finite in float32 are not; take "
        "bfloat16 or tf32\n",
        printable(narrow[i].first), with_commas(lost));
  }
  return "float16 overflows nowhere\n";
}

}  // namespace keraunos::cli
