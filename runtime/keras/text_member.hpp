#pragma once

#include <string>
#include <string_view>

#include "runtime/file/json.hpp"

namespace keraunos::keras {

/// The string under `key` of a JSON object; empty where it is missing or no string.
inline std::string text_or_empty(const file::Json& object, std::string_view key) {
  const auto found = object.find(key);
  return std::string(found && found->is_string() ? found->as_string() : "");
}

}  // namespace keraunos::keras
