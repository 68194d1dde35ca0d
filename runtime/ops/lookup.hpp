#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ops/vocabulary.hpp"
#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// The number of each token. An unknown token is an error at run time where the vocabulary has no
/// bucket for such.
///
///   input   strings, or int64, as the vocabulary's
///   output  int64, of the same shape
struct Lookup {
  static constexpr std::string_view name = "Lookup";

  std::shared_ptr<const Vocabulary> vocabulary;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

/// A bucket for each element of one input, or for elements of several inputs taken together.
/// Integers are hashed as decimals; taken together with others they are their own fingerprints.
///
///   inputs  strings or int64, all of one shape
///   output  int64, of that shape: buckets from 0 on
struct Hash {
  static constexpr std::string_view name = "Hash";

  std::int64_t buckets = 1;
  std::optional<HashKey> key;       // of a single input; SipHash instead of FarmHash
  std::optional<std::string> mask;  // of a single input: what has bucket 0 to itself, as text

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;

  /// The bucket of a text or number by itself.
  template <typename Token>
  std::int64_t bucket(Token token) const {
    return mask ? 1 + bucket_of(token, buckets - 1, key) : bucket_of(token, buckets, key);
  }
};

}  // namespace keraunos
