#include "kernels/cuda/own/adaptive_windows.hpp"

#include <array>

namespace keraunos::cuda {

AdaptiveWindows make_adaptive_windows(const NodeView& node) {
  const Dims& input = node.inputs[0].dims;
  const Dims& output = node.outputs[0].dims;
  const std::size_t spatial = input.size() - 2;
  std::array<AdaptiveAxis, most_spatial_axes> axes;
  for (std::size_t i = 0; i < spatial; ++i) {
    axes[axes.size() - spatial + i] = {input[i + 1], output[i + 1]};
  }
  return {axes[0], axes[1], axes[2], input[0]};
}

}  // namespace keraunos::cuda
