#pragma once

#include "kernels/cuda/own/sliding.hpp"

namespace keraunos::cuda {

/// The windows of a transposed convolution, seen from the output: the input cells whose kernels
/// reach an output cell. `sliding` goes from input to output, though there it is the input's cells
/// that step by `stride`; its `before` counts the cells cut from the front of the full result.
struct TransposedWindows {
  Sliding sliding;

  /// An image of the batch and a cell of its full result.
  struct Place {
    std::int64_t image, z, y, x;
  };

  std::int64_t positions() const { return sliding.positions(); }

  /// The place of output cell `position`, counted from the start of the batch.
  KERAUNOS_DEVICE Place place(std::int64_t position) const {
    const std::int64_t x = take_coordinate(position, sliding.width.output);
    const std::int64_t y = take_coordinate(position, sliding.height.output);
    const std::int64_t z = take_coordinate(position, sliding.depth.output);
    return {position, z + sliding.depth.before, y + sliding.height.before,
            x + sliding.width.before};
  }

  /// Calls visit(input cell, window cell) for each input cell that reaches the output cell and the
  /// window cell it does so through; input cells are counted from the start of the batch.
  template <typename Visit>
  KERAUNOS_DEVICE void for_each_cell(const Place& at, const Visit& visit) const {
    const SlidingAxis& depth = sliding.depth;
    const SlidingAxis& height = sliding.height;
    const SlidingAxis& width = sliding.width;
    for_each_source(depth, at.z, [&](std::int64_t z, std::int64_t k) {
      const std::int64_t plane = at.image * depth.input + z;
      for_each_source(height, at.y, [&](std::int64_t y, std::int64_t j) {
        const std::int64_t row = plane * height.input + y;
        for_each_source(width, at.x, [&](std::int64_t x, std::int64_t i) {
          visit(row * width.input + x, (k * height.size + j) * width.size + i);
        });
      });
    });
  }

 private:
  /// Calls visit(input cell, window cell) along one axis: input cell * stride + window cell *
  /// dilation = `reached`.
  template <typename Visit>
  KERAUNOS_DEVICE static void for_each_source(const SlidingAxis& axis, std::int64_t reached,
                                              const Visit& visit) {
    for (std::int64_t k = 0; k < axis.size; ++k) {
      const std::int64_t start = reached - k * axis.dilation;
      if (start < 0) return;
      const std::int64_t cell = start / axis.stride;
      if (cell < axis.input && cell * axis.stride == start) visit(cell, k);
    }
  }
};

}  // namespace keraunos::cuda
