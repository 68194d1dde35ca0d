#pragma once

#include <vector>

#include "runtime/keras/layer.hpp"
#include "runtime/shape/window.hpp"

namespace keraunos::keras {

/// The sizes of `windows`, with which the shape of a kernel begins.
Shape window_sizes(const std::vector<Window>& windows);

/// Keras refuses strides and dilations above 1 together, save for depthwise convolutions.
void refuse_strides_with_dilations(const std::vector<Window>& windows);

/// Files of Keras 2 write "groups" for layers that make no use of it: 1.
void refuse_groups(const Config& config);

/// Adds the bias to a convolution over `operands` (input and kernel), puts the channel axis back
/// where the layer has it, and applies the activation.
std::vector<ValueId> finish_convolution(LayerCall& call, Op conv, std::vector<ValueId> operands,
                                        const Dim& filters);

}  // namespace keraunos::keras
