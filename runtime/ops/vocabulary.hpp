#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keraunos {

/// The two words of a SipHash key.
using HashKey = std::array<std::uint64_t, 2>;

/// The bucket, of `buckets`, that a text falls into: by FarmHash, or by SipHash with a key.
std::int64_t bucket_of(std::string_view text, std::int64_t buckets,
                       const std::optional<HashKey>& key);
/// The same for a number, written in decimals.
std::int64_t bucket_of(std::int64_t number, std::int64_t buckets,
                       const std::optional<HashKey>& key);

/// Where tokens outside a vocabulary go.
struct UnknownTokens {
  std::int64_t first = 0;    ///< number of the first bucket
  std::int64_t buckets = 1;  ///< none: such a token is an error
  bool hashed = true;        ///< false: integers go by their remainder
  std::optional<HashKey> key;
};

/// Numbers of tokens, which are all strings or all integers. Immutable. Search takes logarithmic
/// time for any tokens, also for those that somebody chose to make a hash table slow.
class Vocabulary {
 public:
  /// Token i has the number first + i. Throws Error where a token occurs twice.
  Vocabulary(std::vector<std::string> tokens, std::int64_t first, UnknownTokens unknown);
  Vocabulary(const std::vector<std::int64_t>& tokens, std::int64_t first, UnknownTokens unknown);

  /// `token` has `number`, whatever else it has.
  void set_mask(std::string token, std::int64_t number) { text_mask_.emplace(token, number); }
  void set_mask(std::int64_t token, std::int64_t number) { number_mask_.emplace(token, number); }

  bool of_strings() const { return of_strings_; }
  std::size_t size() const { return of_strings_ ? texts_.size() : numbers_.size(); }

  /// Throws Error where the token is unknown and there is no bucket for such.
  std::int64_t number_of(std::string_view token) const;
  std::int64_t number_of(std::int64_t token) const;

 private:
  bool of_strings_;
  std::vector<std::pair<std::string, std::int64_t>> texts_;     // sorted
  std::vector<std::pair<std::int64_t, std::int64_t>> numbers_;  // sorted
  std::optional<std::pair<std::string, std::int64_t>> text_mask_;
  std::optional<std::pair<std::int64_t, std::int64_t>> number_mask_;
  UnknownTokens unknown_;
};

}  // namespace keraunos
