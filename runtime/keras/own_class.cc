#include "runtime/keras/own_class.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "runtime/file/printable.hpp"
#include "runtime/keras/class_keys.hpp"
#include "runtime/keras/legacy_classes.hpp"
#include "runtime/keras/text_member.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

// The newest Keras whose keys are known: later ones may write more, and less.
constexpr int newest_major = 3;
constexpr int newest_minor = 15;

template <typename Visit>
void for_each_word(std::string_view words, Visit visit) {
  while (!words.empty()) {
    const std::size_t end = words.find(' ');
    if (end != 0) visit(words.substr(0, end));
    words.remove_prefix(end == std::string_view::npos ? words.size() : end + 1);
  }
}

bool has_word(std::string_view words, std::string_view wanted) {
  bool found = false;
  for_each_word(words, [&](std::string_view word) { found = found || word == wanted; });
  return found;
}

bool is_newer(const KerasVersion& version) {
  return version.major > newest_major ||
         (version.major == newest_major && version.minor > newest_minor);
}

// The part of ClassKeys::always that a file's version stands for. Files of Keras 1 seldom say their
// version: nothing stands for any.
std::optional<std::size_t> generation_of(const KerasVersion& version) {
  if (version.major < 2) return std::nullopt;
  if (version.major > 2) return 3;
  return version.minor < 3 ? 1 : 2;
}

std::vector<std::string> lacking(std::string_view always, const Json& config) {
  std::vector<std::string> missing;
  for_each_word(always, [&](std::string_view key) {
    if (!config.contains(key)) missing.emplace_back(key);
  });
  return missing;
}

// What Keras always writes and the config lacks. Keys that were renamed may have either name, so
// that what another generation always wrote will do, unless that is nothing.
std::vector<std::string> missing_keys(const ClassKeys& keys, const Json& config,
                                      const KerasVersion& version) {
  const auto own = generation_of(version);
  const bool known = own && keys.always[*own] != ClassKeys::absent;
  std::optional<std::vector<std::string>> fewest;
  if (known) fewest = lacking(keys.always[*own], config);
  for (const std::string_view always : keys.always) {
    if (always == ClassKeys::absent || (known && always.empty())) continue;
    auto missing = lacking(always, config);
    if (missing.empty() || !fewest) fewest = std::move(missing);
  }
  return fewest.value_or(std::vector<std::string>());
}

std::vector<std::string> foreign_keys(const ClassKeys& keys, const Json& config) {
  std::vector<std::string> foreign;
  for (const auto [key, value] : config.members()) {
    const bool known = is_key_of_any_layer(key) || is_dead_key(key) || has_word(keys.known, key);
    if (!known) foreign.push_back(file::printable(key, 40));
  }
  return foreign;
}

}  // namespace

std::string module_of(const Json& entry) {
  const std::string registered = text_or_empty(entry, "registered_name");
  const std::size_t mark = registered.find('>');
  if (mark != std::string::npos) return registered.substr(0, mark);
  std::string module = text_or_empty(entry, "module");
  const bool own = module.empty() && !registered.empty() &&
                   find_class_keys(text_or_empty(entry, "class_name")) != nullptr;
  return own ? std::string(own_module) : module;
}

std::optional<std::string> reason_for_own_class(std::string_view class_name, const Json& config,
                                                const KerasVersion& version) {
  const ClassKeys* const keys = find_class_keys(class_name);
  if (keys == nullptr || !config.is_object() || is_newer(version)) return std::nullopt;
  const auto missing = missing_keys(*keys, config, version);
  const auto foreign = foreign_keys(*keys, config);
  if (missing.empty() && foreign.empty()) return std::nullopt;
  std::vector<std::string> reasons;
  if (!missing.empty()) {
    reasons.push_back(fmt::format("lacks {}, which Keras always writes", fmt::join(missing, ", ")));
  }
  if (!foreign.empty()) {
    const std::size_t shown = std::min<std::size_t>(foreign.size(), 10);
    reasons.push_back(fmt::format("has {}, which Keras never wrote",
                                  fmt::join(foreign.begin(), foreign.begin() + shown, ", ")));
  }
  return fmt::format("its config {}", fmt::join(reasons, ", and "));
}

}  // namespace keraunos::keras
