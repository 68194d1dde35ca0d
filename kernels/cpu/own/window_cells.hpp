#pragma once

#include <algorithm>

#include "kernels/cpu/own/simd.hpp"
#include "kernels/reference/sliding.hpp"
#include "runtime/base/checked.hpp"

namespace keraunos::cpu {

/// The cells [begin, end) of a window that lie inside the input at one output position.
struct CellRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  std::int64_t size() const { return end - begin; }
  friend bool operator==(const CellRange&, const CellRange&) = default;
};

inline CellRange cells_inside(const SlidingAxis& axis, std::int64_t output) {
  const std::int64_t first = axis.cell(output, 0);
  const std::int64_t begin = first >= 0 ? 0 : ceil_div(-first, axis.dilation);
  const std::int64_t end = ceil_div(std::max<std::int64_t>(axis.input - first, 0), axis.dilation);
  return {std::min(begin, axis.size), std::clamp(end, std::min(begin, axis.size), axis.size)};
}

/// How many outputs from `output` on see the same cells of their window.
inline std::int64_t outputs_alike(const SlidingAxis& axis, std::int64_t output) {
  const CellRange cells = cells_inside(axis, output);
  if (cells.size() < axis.size) return 1;
  const std::int64_t last = (axis.input + axis.pad.before - (axis.size - 1) * axis.dilation - 1) /
                            axis.stride;  // the last window that lies inside
  return std::min(axis.output - 1, last) - output + 1;
}

/// Where the windows of one output row lie: what depthwise convolutions and poolings walk over.
struct WindowRow {
  std::int64_t z;
  std::int64_t y;
  CellRange depth;
  CellRange height;

  /// `row` counts the output rows of one image.
  WindowRow(const SlidingGeometry& geometry, std::int64_t row)
      : z(row / geometry.axes[1].output),
        y(row % geometry.axes[1].output),
        depth(cells_inside(geometry.axes[0], z)),
        height(cells_inside(geometry.axes[1], y)) {}
};

/// Calls visit(x, count, width cells, offset of their first cell in the image) for each run of
/// alike outputs in the row.
template <typename Visit>
void for_each_run(const SlidingGeometry& geometry, const WindowRow& row, Visit&& visit) {
  const auto& [depth, height, width] = geometry.axes;
  const std::int64_t first_z = depth.cell(row.z, row.depth.begin);
  const std::int64_t first_y = height.cell(row.y, row.height.begin);
  for (std::int64_t x = 0; x < width.output;) {
    const CellRange cells = cells_inside(width, x);
    const std::int64_t count = outputs_alike(width, x);
    const std::int64_t first_x = width.cell(x, cells.begin);
    const std::int64_t cell = (first_z * height.input + first_y) * width.input + first_x;
    visit(x, count, cells, cell * geometry.in_channels);
    x += count;
  }
}

/// The cells of a window as the vector loops want them.
inline WindowCells window_cells(const SlidingGeometry& geometry, const WindowRow& row,
                                CellRange width_cells) {
  const auto& [depth, height, width] = geometry.axes;
  const std::int64_t pixel = geometry.in_channels;
  const std::int64_t line = width.input * pixel;
  return {{row.depth.size(), row.height.size(), width_cells.size()},
          {depth.dilation * height.input * line, height.dilation * line, width.dilation * pixel}};
}

}  // namespace keraunos::cpu
