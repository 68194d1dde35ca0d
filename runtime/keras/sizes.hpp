#pragma once

#include <optional>
#include <span>

#include "runtime/graph/graph.hpp"

// Numbers that follow from the shapes of tensors. tf.shape(x) is a SizeTensor op, and an op whose
// inputs are SizeTensor and constants is one again, so that the formulas reach whatever asks for a
// size.

namespace keraunos::keras {

/// The formulas of `value`, where it is made of sizes or is a small constant.
std::optional<SizeTensor> known_sizes(const Graph& graph, ValueId value);

/// What `op` makes of its inputs, where at least one is made of sizes, all are known, and the
/// result has formulas; nothing for all else, which is computed at run time.
std::optional<SizeTensor> fold_sizes(const Graph& graph, const Op& op,
                                     std::span<const ValueId> inputs);

/// True where `number` is at least zero for all sizes, as far as its form shows.
bool never_negative(const Dim& number);

}  // namespace keraunos::keras
