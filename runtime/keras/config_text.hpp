#pragma once

#include <string_view>

#include "runtime/base/load_budget.hpp"
#include "runtime/file/json.hpp"

namespace keraunos::keras {

/// Parses a config, within the limits on configs.
inline file::Json parse_config_text(std::string_view text, const LoadBudget& budget) {
  budget.require(&LoadLimits::config_bytes, text.size());
  file::JsonLimits limits;
  limits.max_bytes = static_cast<std::size_t>(budget.limits().config_bytes);
  limits.max_depth = static_cast<std::size_t>(budget.limits().config_depth);
  limits.max_nodes = static_cast<std::size_t>(budget.limits().config_values);
  try {
    return file::Json::parse(text, limits);
  } catch (const file::JsonTooLarge& error) {
    const bool depth = error.limit == file::JsonTooLarge::Limit::depth;
    const auto limit = depth ? &LoadLimits::config_depth : &LoadLimits::config_values;
    refuse_beyond(limit, budget.limits().*limit + 1, budget.limits().*limit);
  }
}

}  // namespace keraunos::keras
