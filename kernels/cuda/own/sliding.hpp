#pragma once

#include "kernels/cuda/own/index_space.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// Cells [begin, end) of a window: those that lie inside the input.
struct WindowRange {
  std::int64_t begin;
  std::int64_t end;
};

/// A window that slides along one axis of concrete size.
struct SlidingAxis {
  std::int64_t size = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t before = 0;  // padding
  std::int64_t input = 1;
  std::int64_t output = 1;

  /// For a window that begins at input cell `origin`. However large the window, the range holds no
  /// more cells than the input.
  KERAUNOS_DEVICE WindowRange range(std::int64_t origin) const {
    const std::int64_t begin = origin < 0 ? (dilation - 1 - origin) / dilation : 0;
    const std::int64_t end = origin < input ? (input - 1 - origin) / dilation + 1 : 0;
    return {begin, smaller(end, size)};
  }
};

/// Where a window begins: an image of the batch and a cell of it, which may lie in the padding.
struct WindowPlace {
  std::int64_t image, z, y, x;
};

/// Windows that slide over up to three spatial axes of a channels-last tensor.
struct Sliding {
  SlidingAxis depth, height, width;  // missing axes have size 1 and come first
  std::int64_t images = 0;

  std::int64_t output_cells() const { return depth.output * height.output * width.output; }
  std::int64_t positions() const { return images * output_cells(); }

  /// The place of window `position`, counted in the order of the output.
  KERAUNOS_DEVICE WindowPlace place(std::int64_t position) const {
    const std::int64_t x = take_coordinate(position, width.output);
    const std::int64_t y = take_coordinate(position, height.output);
    const std::int64_t z = take_coordinate(position, depth.output);
    return {position, z * depth.stride - depth.before, y * height.stride - height.before,
            x * width.stride - width.before};
  }

  /// Calls visit(input cell, window cell) for each cell of the window that lies inside the input;
  /// input cells are counted from the start of the batch.
  template <typename Visit>
  KERAUNOS_DEVICE void for_each_cell(const WindowPlace& at, const Visit& visit) const {
    const WindowRange planes = depth.range(at.z);
    const WindowRange rows = height.range(at.y);
    const WindowRange columns = width.range(at.x);
    for (std::int64_t k = planes.begin; k < planes.end; ++k) {
      const std::int64_t plane = at.image * depth.input + at.z + k * depth.dilation;
      for (std::int64_t j = rows.begin; j < rows.end; ++j) {
        const std::int64_t row = plane * height.input + at.y + j * height.dilation;
        for (std::int64_t i = columns.begin; i < columns.end; ++i) {
          visit(row * width.input + at.x + i * width.dilation,
                (k * height.size + j) * width.size + i);
        }
      }
    }
  }
};

inline constexpr std::size_t most_spatial_axes = 3;

/// `windows` (three at most) over the spatial axes of `input`, with `output` as inferred.
Sliding make_sliding(std::span<const Window> windows, const Dims& input, const Dims& output);
/// From input 0 to output 0.
Sliding make_sliding(std::span<const Window> windows, const NodeView& node);

/// Yes for at most three spatial axes.
Verdict accept_spatial_axes(std::size_t spatial_axes, std::string_view kernel);

/// Yes for floats and at most three spatial axes.
Verdict accept_sliding(std::size_t spatial_axes, const NodeView& node, std::string_view kernel);

}  // namespace keraunos::cuda
