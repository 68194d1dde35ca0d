#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ops/unary.hpp"
#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"
#include "runtime/shape/window.hpp"

namespace keraunos {

/// Transposed convolution over 1 to 3 spatial axes, channels last: every input cell i adds its
/// kernel, scaled, to the output cells i*stride + k*dilation - pad_before.
///
///   input   (batch, spatial..., in)
///   kernel  (window..., out, in): Keras's own order
///   bias    (out), optional third input
///   output  (batch, sizes..., out) = activation(result + bias)
///
/// windows[i].padding is explicit_; pad_before and pad_after cells are cut from the full result of
///   (n-1)*stride + extent cells; a negative pad_after adds cells that nothing reaches.
struct ConvTranspose {
  static constexpr std::string_view name = "ConvTranspose";

  std::vector<Window> windows;  // one per spatial axis
  Unary activation;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
