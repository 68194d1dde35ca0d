#pragma once

#include <optional>
#include <vector>

#include "runtime/keras/layer.hpp"

namespace keraunos::keras {

/// The inputs of a merging layer, of which it wants `least` to `most`, in the dtype that they
/// promote to.
std::vector<ValueId> promoted_inputs(LayerCall& call, std::size_t least, std::size_t most);

/// The masks of all inputs, in order.
std::vector<std::optional<ValueId>> input_masks(LayerCall& call);

/// Element by element true where one of the masks is; nothing where one is missing.
std::optional<ValueId> any_mask(LayerCall& call, const std::vector<std::optional<ValueId>>& masks);

/// `mask` of `value` with an axis of 1 behind it, so that it broadcasts along the last axis. Throws
/// where the mask does not cover all axes but the last, which Keras cannot merge either.
ValueId mask_of_cells(LayerCall& call, ValueId mask, ValueId value);

}  // namespace keraunos::keras
