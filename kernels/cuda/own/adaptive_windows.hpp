#pragma once

#include "kernels/cuda/own/sliding.hpp"

namespace keraunos::cuda {

/// An axis whose cells are shared out among the cells of the output; they may overlap.
struct AdaptiveAxis {
  std::int64_t input = 1;
  std::int64_t output = 1;

  /// The input cells under output cell `o`.
  KERAUNOS_DEVICE WindowRange range(std::int64_t o) const {
    return {o * input / output, ((o + 1) * input + output - 1) / output};
  }
};

/// The windows of an adaptive pooling over up to three spatial axes of a channels-last tensor.
struct AdaptiveWindows {
  AdaptiveAxis depth, height, width;  // missing axes have size 1 and come first
  std::int64_t images = 0;

  /// An image of the batch and the cells of it under one window.
  struct Place {
    std::int64_t image;
    WindowRange planes, rows, columns;
  };

  std::int64_t positions() const { return images * depth.output * height.output * width.output; }

  /// The place of window `position`, counted in the order of the output.
  KERAUNOS_DEVICE Place place(std::int64_t position) const {
    const WindowRange columns = width.range(take_coordinate(position, width.output));
    const WindowRange rows = height.range(take_coordinate(position, height.output));
    const WindowRange planes = depth.range(take_coordinate(position, depth.output));
    return {position, planes, rows, columns};
  }

  /// Calls visit(input cell) for each cell under the window, counted from the start of the batch.
  template <typename Visit>
  KERAUNOS_DEVICE void for_each_cell(const Place& at, const Visit& visit) const {
    for (std::int64_t z = at.planes.begin; z < at.planes.end; ++z) {
      const std::int64_t plane = at.image * depth.input + z;
      for (std::int64_t y = at.rows.begin; y < at.rows.end; ++y) {
        const std::int64_t row = plane * height.input + y;
        for (std::int64_t x = at.columns.begin; x < at.columns.end; ++x) {
          visit(row * width.input + x);
        }
      }
    }
  }
};

/// From the spatial axes (three at most) of input 0 to those of output 0.
AdaptiveWindows make_adaptive_windows(const NodeView& node);

}  // namespace keraunos::cuda
