#pragma once

#include <array>

#include "runtime/keras/layer.hpp"

// Colours, on the last axis, as TensorFlow computes them.

namespace keraunos::keras {

/// Throws Error(shape_mismatch) where the last axis has not three cells.
void require_colors(const LayerCall& call, ValueId value);
/// Three channels, each with a last axis of 1.
std::array<ValueId, 3> color_channels(LayerCall& call, ValueId value);
/// Floats to hue, saturation and value, each in [0, 1], and back.
ValueId rgb_to_hsv(LayerCall& call, ValueId rgb);
ValueId hsv_to_rgb(LayerCall& call, ValueId hsv);

}  // namespace keraunos::keras
