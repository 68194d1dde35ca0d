#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ops/unary.hpp"
#include "runtime/shape/window.hpp"

namespace keraunos {

/// Not less than `low` and not more than `high`; NaN stays. By default everything stays.
struct Clamp {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();

  constexpr bool is_identity() const { return *this == Clamp{}; }

  friend constexpr bool operator==(const Clamp&, const Clamp&) = default;
};

/// Convolution (cross-correlation, as in Keras) over 1 to 3 spatial axes, channels last.
///
///   input   (batch, spatial..., in)
///   kernel  (window..., in/groups, out): Keras's own order
///   bias    (out), optional third input
///   residual  of the output's shape, optional fourth input: only a GPU's graph has it
///   output  (batch, positions..., out) = activation(conv(clamp(input), kernel) + bias + residual)
///
/// The clamp holds each input cell as it is read; padding stays zero, whatever the bounds. Only a
/// GPU's graph has one.
///
/// Output channel o belongs to group o / (out/groups). A depthwise convolution has groups == in;
/// Keras's depthwise kernel (window..., in, multiplier) is (window..., 1, in*multiplier) unchanged.
struct Conv {
  static constexpr std::string_view name = "Conv";

  std::vector<Window> windows;  // one per spatial axis
  std::int64_t groups = 1;
  Unary activation;
  Clamp input_clamp = {};

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
