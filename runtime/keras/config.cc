#include "runtime/keras/config.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>

#include "runtime/base/fail.hpp"
#include "runtime/keras/model_config.hpp"

namespace keraunos::keras {
namespace {

// Keys of any layer that cannot change what it computes at inference.
constexpr std::array training_keys = {
    std::string_view("name"),
    std::string_view("trainable"),
    std::string_view("dtype"),
    std::string_view("build_config"),
    std::string_view("seed"),
    std::string_view("activity_regularizer"),
    std::string_view("autocast"),
    std::string_view("lora_rank"),
    std::string_view("lora_alpha"),
    std::string_view("batch_shape"),
    std::string_view("batch_input_shape"),
    std::string_view("input_dtype"),
    replaced_key,
};

constexpr std::array training_suffixes = {std::string_view("_initializer"),
                                          std::string_view("_regularizer"),
                                          std::string_view("_constraint")};

bool only_trains(std::string_view key) {
  return std::find(training_keys.begin(), training_keys.end(), key) != training_keys.end() ||
         std::any_of(training_suffixes.begin(), training_suffixes.end(),
                     [&](std::string_view suffix) { return key.ends_with(suffix); });
}

template <typename Work>
auto at_key(std::string_view key, Work&& work) {
  return within([&] { return fmt::format("key '{}'", key); }, std::forward<Work>(work));
}

file::Json required(const std::optional<file::Json>& found) {
  if (!found) fail(ErrorCode::malformed_file, "missing, and Keras has no default for it");
  return *found;
}

}  // namespace

std::int64_t to_integer(const file::Json& json, std::int64_t least) {
  constexpr std::int64_t most = (std::int64_t{1} << 31) - 1;
  const std::int64_t value = json.as_int64();
  if (value < least || value > most) {
    fail(ErrorCode::malformed_file, "{} is not between {} and {}", value, least, most);
  }
  return value;
}

std::optional<file::Json> Config::find(std::string_view key) const {
  read_->emplace(key);
  auto found = json_.find(key);
  return found && !found->is_null() ? found : std::nullopt;
}

bool Config::is_none(std::string_view key) const {
  const auto found = json_.find(key);
  return found && found->is_null();
}

std::int64_t Config::integer(std::string_view key, std::int64_t least) const {
  return at_key(key, [&] { return to_integer(required(find(key)), least); });
}

std::int64_t Config::integer_or(std::string_view key, std::int64_t least,
                                std::int64_t fallback) const {
  return find(key) ? integer(key, least) : fallback;
}

double Config::number_or(std::string_view key, double fallback) const {
  const auto found = find(key);
  return found ? at_key(key, [&] { return found->as_double(); }) : fallback;
}

bool Config::flag_or(std::string_view key, bool fallback) const {
  const auto found = find(key);
  return found ? at_key(key, [&] { return found->as_bool(); }) : fallback;
}

std::string Config::string_or(std::string_view key, std::string_view fallback) const {
  const auto found = find(key);
  return std::string(found ? at_key(key, [&] { return found->as_string(); }) : fallback);
}

std::vector<std::int64_t> Config::integers(std::string_view key, std::size_t count,
                                           std::int64_t least) const {
  return at_key(key, [&] {
    const file::Json found = required(find(key));
    if (!found.is_array()) return std::vector(count, to_integer(found, least));
    if (found.size() != count) {
      fail(ErrorCode::malformed_file, "{} numbers wanted, {} found", count, found.dump(60));
    }
    std::vector<std::int64_t> values;
    for (const file::Json element : found.elements()) values.push_back(to_integer(element, least));
    return values;
  });
}

std::string Config::choice(std::string_view key,
                           const std::vector<std::string_view>& allowed) const {
  std::string value = string_or(key, allowed.front());
  if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
    fail(ErrorCode::unsupported, "key '{}': '{}' is not supported; one of {} is", key, value,
         fmt::join(allowed, ", "));
  }
  return value;
}

void Config::refuse_if_set(std::string_view key) const {
  const auto found = find(key);
  if (!found || (found->is_bool() && !found->as_bool())) return;
  fail(ErrorCode::unsupported, "key '{}': {} is not supported", key, found->dump(60));
}

std::string Config::text() const { return json_.dump(std::numeric_limits<std::size_t>::max()); }

std::vector<std::string> Config::unread() const {
  std::vector<std::string> keys;
  for (const auto [key, value] : json_.members()) {
    if (!value.is_null() && !read_->contains(key) && !only_trains(key)) keys.emplace_back(key);
  }
  return keys;
}

}  // namespace keraunos::keras
