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
  return file::Json::parse(text, limits);
}

}  // namespace keraunos::keras
