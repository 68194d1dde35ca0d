#pragma once

#include <array>
#include <span>
#include <vector>

#include "runtime/backend/kernel.hpp"
#include "runtime/shape/window.hpp"

namespace keraunos {

/// One spatial axis under a sliding window, with padding worked out.
struct SlidingAxis {
  std::int64_t input = 1;
  std::int64_t output = 1;
  std::int64_t size = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  PadAmounts pad;

  /// The input cell under window cell `k` at output position `o`; may lie outside the input.
  std::int64_t cell(std::int64_t o, std::int64_t k) const {
    return o * stride - pad.before + k * dilation;
  }
  bool inside(std::int64_t cell) const { return cell >= 0 && cell < input; }
};

/// A convolution or pooling brought to three spatial axes: missing ones are size 1 in front.
struct SlidingGeometry {
  std::int64_t batch = 1;
  std::int64_t in_channels = 1;
  std::int64_t out_channels = 1;
  std::array<SlidingAxis, 3> axes;  // depth, height, width

  /// `windows` slide over the axes 1... of channels-last `input`.
  SlidingGeometry(std::span<const Window> windows, const Dims& input, const Dims& output)
      : batch(input.front()), in_channels(input.back()), out_channels(output.back()) {
    const std::size_t first = axes.size() - windows.size();
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const Window& window = windows[i];
      axes[first + i] = {input[i + 1],  output[i + 1],   window.size,
                         window.stride, window.dilation, pad_amounts(window, input[i + 1])};
    }
  }

  std::int64_t input_cells() const { return axes[0].input * axes[1].input * axes[2].input; }
  std::int64_t output_cells() const { return axes[0].output * axes[1].output * axes[2].output; }
  std::int64_t window_cells() const { return axes[0].size * axes[1].size * axes[2].size; }
};

/// Calls visit(input cell, window cell) for every cell of the window at output position `position`
/// (row-major over the three axes) that lies inside the input, in window order.
template <typename Visit>
void for_each_cell(const SlidingGeometry& geometry, std::int64_t position, Visit&& visit) {
  const auto& [depth, height, width] = geometry.axes;
  const std::int64_t x = position % width.output;
  const std::int64_t y = position / width.output % height.output;
  const std::int64_t z = position / width.output / height.output;
  for (std::int64_t k = 0; k < geometry.window_cells(); ++k) {
    const std::int64_t in_x = width.cell(x, k % width.size);
    const std::int64_t in_y = height.cell(y, k / width.size % height.size);
    const std::int64_t in_z = depth.cell(z, k / width.size / height.size);
    if (!width.inside(in_x) || !height.inside(in_y) || !depth.inside(in_z)) continue;
    visit((in_z * height.input + in_y) * width.input + in_x, k);
  }
}

}  // namespace keraunos
