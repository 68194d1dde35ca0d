#include "runtime/base/load_budget.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "runtime/base/checked.hpp"

namespace keraunos {
namespace {

constexpr std::array limits = {
    LoadLimit{"inflated_bytes", &LoadLimits::inflated_bytes, "bytes of inflated data"},
    LoadLimit{"inflate_ratio", &LoadLimits::inflate_ratio, "inflated bytes per byte of the files"},
    LoadLimit{"member_bytes", &LoadLimits::member_bytes, "inflated bytes of one member"},
    LoadLimit{"weight_bytes", &LoadLimits::weight_bytes, "bytes of weights"},
    LoadLimit{"config_bytes", &LoadLimits::config_bytes, "bytes of a config"},
    LoadLimit{"config_values", &LoadLimits::config_values, "values in a config"},
    LoadLimit{"config_depth", &LoadLimits::config_depth, "levels of nesting in a config"},
    LoadLimit{"operations", &LoadLimits::operations, "operations"},
    LoadLimit{"layer_depth", &LoadLimits::layer_depth, "levels of layers in layers"},
    LoadLimit{"name_bytes", &LoadLimits::name_bytes, "bytes of layer names"},
    LoadLimit{"formula_bytes", &LoadLimits::formula_bytes, "bytes of formulas of sizes"},
    LoadLimit{"text_bytes", &LoadLimits::text_bytes, "bytes of text about the layers"},
};
static_assert(sizeof(LoadLimits) == limits.size() * sizeof(std::uint64_t));

}  // namespace

std::span<const LoadLimit> load_limits() { return limits; }

LoadBudget::LoadBudget(const LoadLimits& limits) : limits_(limits) {
  for (const LoadLimit& limit : load_limits()) taken_.*limit.value = 0;
}

void refuse_beyond(LoadBudget::Limit limit, std::uint64_t found, std::uint64_t allowed) {
  const auto entry = std::ranges::find(limits, limit, &LoadLimit::value);
  fail(ErrorCode::unsupported, "{} {}; the limit is {} (LoadLimits::{}, --limit {}=N)", found,
       entry->what, allowed, entry->name, entry->name);
}

void LoadBudget::add_file(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  file_bytes_ += bytes;
}

// What is stored densely inflates to a few times its size, so that large files never meet a limit
// that is meant for small ones.
std::uint64_t LoadBudget::allowed(Limit limit) const {
  if (limit != &LoadLimits::inflated_bytes && limit != &LoadLimits::weight_bytes) {
    return limits_.*limit;
  }
  const auto by_files = try_multiply(file_bytes_, limits_.inflate_ratio);
  return std::max(limits_.*limit, by_files.value_or(std::numeric_limits<std::uint64_t>::max()));
}

void LoadBudget::require(Limit limit, std::uint64_t found) const {
  const std::lock_guard lock(mutex_);
  if (found > allowed(limit)) refuse_beyond(limit, found, allowed(limit));
}

void LoadBudget::take(Limit limit, std::uint64_t amount) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t sum =
      try_add(taken_.*limit, amount).value_or(std::numeric_limits<std::uint64_t>::max());
  if (sum > allowed(limit)) refuse_beyond(limit, sum, allowed(limit));
  taken_.*limit = sum;
}

std::uint64_t LoadBudget::taken(Limit limit) const {
  const std::lock_guard lock(mutex_);
  return taken_.*limit;
}

}  // namespace keraunos
