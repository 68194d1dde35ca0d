#include "runtime/ops/vocabulary.hpp"

#include <algorithm>
#include <charconv>

#include "runtime/base/fail.hpp"
#include "runtime/base/farm_hash.hpp"
#include "runtime/base/sip_hash.hpp"

namespace keraunos {
namespace {

template <typename Token>
void sort_unique(std::vector<std::pair<Token, std::int64_t>>& tokens) {
  std::sort(tokens.begin(), tokens.end());
  const auto repeated =
      std::adjacent_find(tokens.begin(), tokens.end(),
                         [](const auto& a, const auto& b) { return a.first == b.first; });
  if (repeated != tokens.end()) {
    fail(ErrorCode::malformed_file, "the token '{}' occurs twice in the vocabulary",
         repeated->first);
  }
}

template <typename Tokens, typename Token>
std::optional<std::int64_t> find(const Tokens& tokens, const Token& token) {
  const auto found =
      std::lower_bound(tokens.begin(), tokens.end(), token,
                       [](const auto& entry, const Token& wanted) { return entry.first < wanted; });
  if (found == tokens.end() || found->first != token) return std::nullopt;
  return found->second;
}

template <typename Token>
[[noreturn]] void refuse(const Token& token) {
  fail(ErrorCode::invalid_argument,
       "'{}' is not in the vocabulary, and num_oov_indices is 0: there is no number for it", token);
}

std::int64_t floor_mod(std::int64_t value, std::int64_t divisor) {
  const std::int64_t rest = value % divisor;
  return rest < 0 ? rest + divisor : rest;
}

}  // namespace

std::int64_t bucket_of(std::string_view text, std::int64_t buckets,
                       const std::optional<HashKey>& key) {
  const std::uint64_t hash = key ? sip_hash(*key, text) : farm_fingerprint(text);
  return static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(buckets));
}

std::int64_t bucket_of(std::int64_t number, std::int64_t buckets,
                       const std::optional<HashKey>& key) {
  std::array<char, 24> digits = {};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return bucket_of(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())),
                   buckets, key);
}

Vocabulary::Vocabulary(std::vector<std::string> tokens, std::int64_t first, UnknownTokens unknown)
    : of_strings_(true), unknown_(unknown) {
  for (std::string& token : tokens) texts_.emplace_back(std::move(token), first++);
  sort_unique(texts_);
}

Vocabulary::Vocabulary(const std::vector<std::int64_t>& tokens, std::int64_t first,
                       UnknownTokens unknown)
    : of_strings_(false), unknown_(unknown) {
  for (const std::int64_t token : tokens) numbers_.emplace_back(token, first++);
  sort_unique(numbers_);
}

std::int64_t Vocabulary::number_of(std::string_view token) const {
  if (text_mask_ && text_mask_->first == token) return text_mask_->second;
  if (const auto number = find(texts_, token)) return *number;
  if (unknown_.buckets == 0) refuse(token);
  if (unknown_.buckets == 1) return unknown_.first;
  return unknown_.first + bucket_of(token, unknown_.buckets, unknown_.key);
}

std::int64_t Vocabulary::number_of(std::int64_t token) const {
  if (number_mask_ && number_mask_->first == token) return number_mask_->second;
  if (const auto number = find(numbers_, token)) return *number;
  if (unknown_.buckets == 0) refuse(token);
  if (unknown_.buckets == 1) return unknown_.first;
  return unknown_.first + (unknown_.hashed ? bucket_of(token, unknown_.buckets, unknown_.key)
                                           : floor_mod(token, unknown_.buckets));
}

}  // namespace keraunos
