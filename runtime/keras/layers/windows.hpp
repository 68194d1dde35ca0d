#pragma once

#include <vector>

#include "runtime/keras/layer.hpp"
#include "runtime/shape/window.hpp"

namespace keraunos::keras {

/// Key "padding", which must be one of `allowed` ("valid", "same", "causal").
Padding padding_of(const Config& config, const std::vector<std::string_view>& allowed);

/// The windows of a convolution from kernel_size, strides, dilation_rate and padding.
std::vector<Window> conv_windows(const Config& config, std::size_t spatial_rank);

/// The windows of a pooling layer from pool_size, strides (default: pool_size) and padding.
std::vector<Window> pool_windows(const Config& config, std::size_t spatial_rank);

}  // namespace keraunos::keras
