#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/keras/layer.hpp"

// The pieces that Keras's attention layers and keras.ops.dot_product_attention share. A mask is
// bool, true where a query may look at a key, and broadcasts to the scores.

namespace keraunos::keras {

/// (queries, keys): key j is visible to query i where j <= i.
ValueId causal_mask(LayerCall& call, const Dim& queries, const Dim& keys);

/// (queries, keys): key j is visible to query i where |i - j| < window.
ValueId sliding_window_mask(LayerCall& call, const Dim& queries, const Dim& keys,
                            std::int64_t window);

/// Numbers as a mask: true where they are not zero.
std::optional<ValueId> as_mask(LayerCall& call, std::optional<ValueId> numbers);

/// Both masks at once; a missing one hides nothing.
std::optional<ValueId> both_masks(LayerCall& call, std::optional<ValueId> a,
                                  std::optional<ValueId> b);

/// The tensor with a new axis of 1, which is axis `axis` of the result.
ValueId insert_axis(LayerCall& call, ValueId value, std::size_t axis);

/// What softmax makes of a query that may look at no key.
enum class HiddenQuery {
  looks_everywhere,  ///< equal weights: keras.ops.dot_product_attention
  looks_nowhere,     ///< zeros: the Softmax layer with a mask
};

/// Softmax over `axes` together, of the cells that the mask leaves.
ValueId masked_softmax(LayerCall& call, ValueId scores, std::optional<ValueId> mask,
                       std::vector<std::size_t> axes, HiddenQuery hidden);

/// softmax(scale * query @ key + bias) @ value, head by head. Where there are fewer heads of keys
/// than of queries, each serves a group of neighbouring heads of queries.
///
///   query         (batch, queries, heads, width)
///   key, value    (batch, keys, key heads, width), and any width for value
///   bias, mask    broadcast to the scores
struct DotProductAttention {
  ValueId query = 0;
  ValueId key = 0;
  ValueId value = 0;
  std::optional<ValueId> bias;
  std::optional<ValueId> mask;
  double scale = 1;
  HiddenQuery hidden = HiddenQuery::looks_everywhere;
};

struct AttentionResult {
  ValueId output;  // (batch, queries, heads, width of value)
  ValueId scores;  // (batch, heads, queries, keys), after softmax
};

/// How many heads of queries each head of keys serves. Throws Error where they do not divide.
std::int64_t heads_per_key(const Dim& heads, const Dim& key_heads);

AttentionResult dot_product_attention(LayerCall& call, const DotProductAttention& attention);

}  // namespace keraunos::keras
