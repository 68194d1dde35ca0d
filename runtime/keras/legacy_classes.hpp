#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace keraunos::keras {

/// Old key -> new key, or key -> JSON of its value.
using LegacyKeys = std::vector<std::pair<std::string_view, std::string_view>>;

/// A layer class of Keras 1 or 2 whose name or keys differ in Keras 3.
struct LegacyClass {
  std::string_view name;
  std::string_view modern;  // its name in Keras 3
  LegacyKeys renamed;       // old key -> new key, or "" where it means nothing any more
  LegacyKeys given;         // keys that Keras 3 would take otherwise, with their JSON, where absent
  bool is_gone = false;     // Keras 3 has no such class: tables show this name
};

/// The class of that name; null where nothing but the file form changed.
const LegacyClass* find_legacy_class(std::string_view name);

/// True for keys of any layer that mean nothing at inference, or nothing any more.
bool is_dead_key(std::string_view key);

}  // namespace keraunos::keras
