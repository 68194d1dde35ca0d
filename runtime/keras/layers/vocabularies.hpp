#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/keras/layer.hpp"
#include "runtime/keras/layers/categories.hpp"
#include "runtime/ops/vocabulary.hpp"

namespace keraunos::keras {

/// A key that holds one integer or two: the salt of a hash. Nothing where it is not set.
std::optional<HashKey> read_salt(const Config& config);

/// The tokens of a lookup layer and how they are numbered: [mask][buckets of unknown ones][tokens],
/// the mask only where numbers are given out.
template <typename Token>
struct LookupTokens {
  std::vector<Token> tokens;  // without special ones
  std::optional<Token> mask;
  std::optional<Token> unknown;  // what inverse lookups give for numbers without a token
  std::int64_t buckets = 1;
  bool had_special_tokens = false;  // the file listed them too, with idf weights of their own

  std::int64_t first_bucket(const std::string& mode) const { return mask && mode == "int" ? 1 : 0; }
  std::int64_t first_token(const std::string& mode) const { return first_bucket(mode) + buckets; }
  std::int64_t size(const std::string& mode) const {
    return first_token(mode) + static_cast<std::int64_t>(tokens.size());
  }
};

/// The tokens that the config of a StringLookup, IntegerLookup or TextVectorization holds, or else
/// the file's asset "<layer>/vocabulary.txt". A path in a config is refused, never opened.
LookupTokens<std::string> read_string_tokens(LayerCall& call, const std::string& mode,
                                             std::optional<std::string> mask,
                                             std::optional<std::string> unknown);
LookupTokens<std::int64_t> read_integer_tokens(LayerCall& call, const std::string& mode);

/// How many numbers there are where each has a place in the output.
template <typename Token>
std::int64_t lookup_depth(const Config& config, const LookupTokens<Token>& tokens,
                          const std::string& mode) {
  const bool padded = config.flag_or("pad_to_max_tokens", false);
  const std::int64_t depth = padded ? config.integer("max_tokens", 2) : tokens.size(mode);
  require_depth(depth);
  return depth;
}

/// Counts of numbers, (..., depth) int64, times the layer's inverse document frequencies.
template <typename Token>
ValueId weigh_by_idf(LayerCall& call, ValueId counts, std::int64_t depth,
                     const LookupTokens<Token>& tokens);

}  // namespace keraunos::keras
