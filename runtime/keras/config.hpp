#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/file/json.hpp"

namespace keraunos::keras {

/// The config of a layer, read key by key. Errors name the key; a missing key means Keras's
/// default, which the caller gives. Remembers what was read, so that keys nobody asked for show up;
/// copies share that memory.
class Config {
 public:
  explicit Config(file::Json json) : json_(std::move(json)) {}

  /// The value of `key`; nothing where it is missing or null.
  std::optional<file::Json> find(std::string_view key) const;
  /// True where `key` is there and null, for keys whose default is not None.
  bool is_none(std::string_view key) const;
  /// True where `key` is there, even as null: where null is not the default.
  bool contains(std::string_view key) const { return json_.contains(key); }

  /// A whole number in [least, 2^31).
  std::int64_t integer(std::string_view key, std::int64_t least) const;
  std::int64_t integer_or(std::string_view key, std::int64_t least, std::int64_t fallback) const;
  double number_or(std::string_view key, double fallback) const;
  bool flag_or(std::string_view key, bool fallback) const;
  std::string string_or(std::string_view key, std::string_view fallback) const;

  /// `count` whole numbers in [least, 2^31), written as a list or as one number for all.
  std::vector<std::int64_t> integers(std::string_view key, std::size_t count,
                                     std::int64_t least) const;

  /// The string of `key`, which must be one of `allowed`; the first is the default.
  std::string choice(std::string_view key, const std::vector<std::string_view>& allowed) const;

  /// Refuses the layer where `key` is set to anything but null, false, or missing.
  void refuse_if_set(std::string_view key) const;

  /// The whole config as JSON.
  std::string text() const;

  /// Keys that are set, that nobody has read and that are not known to leave inference alone.
  std::vector<std::string> unread() const;

 private:
  file::Json json_;
  std::shared_ptr<std::set<std::string, std::less<>>> read_ =
      std::make_shared<std::set<std::string, std::less<>>>();
};

/// `json` as a whole number in [least, 2^31).
std::int64_t to_integer(const file::Json& json, std::int64_t least);

}  // namespace keraunos::keras
