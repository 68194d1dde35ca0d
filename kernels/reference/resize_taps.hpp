#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "runtime/ops/resize.hpp"

namespace keraunos {

/// How one axis of a resize is sampled: output cell i is the weighted sum of the input cells
/// first[i], first[i]+1, ..., one per weight in weights[begin[i]], ..., weights[begin[i+1]-1].
/// Cells count from the start of the input, and lie outside it where a box was padded.
///
/// The positions are computed in float32 step by step as TensorFlow does: at large sizes a position
/// in exact arithmetic would give weights that differ visibly, and a nearest cell that differs.
struct ResizeTaps {
  std::vector<std::int64_t> first;
  std::vector<std::size_t> begin = {0};
  std::vector<float> weights;

  std::size_t size() const { return first.size(); }

 private:
  friend ResizeTaps resize_taps(const Resize& resize, ResizeBox box, std::int64_t output);

  void add_cell(std::int64_t cell) { add(cell, {1.0F}); }
  void add(std::int64_t cell, std::initializer_list<float> cell_weights) {
    first.push_back(cell);
    weights.insert(weights.end(), cell_weights);
    begin.push_back(weights.size());
  }

  void add_nearest(float position, ResizeBox box) {
    const auto cell = static_cast<std::int64_t>(std::floor(position));
    add_cell(box.start + std::clamp<std::int64_t>(cell, 0, box.length - 1));
  }

  /// Between the centres left and right of `position`; the outermost centres reach to the edges.
  void add_linear(float position, ResizeBox box) {
    const float centre = position - 0.5F;
    const float floor = std::floor(centre);
    const auto low = std::max<std::int64_t>(static_cast<std::int64_t>(floor), 0);
    const auto high =
        std::min<std::int64_t>(static_cast<std::int64_t>(std::ceil(centre)), box.length - 1);
    if (low >= high) return add_cell(box.start + high);
    const float fraction = centre - floor;
    add(box.start + low, {1 - fraction, fraction});
  }

  /// A triangle of `radius` cells to either side, its weights scaled to a sum of 1.
  void add_triangle(float position, float radius, ResizeBox box) {
    const std::int64_t last = box.length - 1;
    const auto low = std::clamp<std::int64_t>(
        static_cast<std::int64_t>(std::ceil(position - radius - 0.5F)), 0, last);
    const auto high = std::clamp<std::int64_t>(
        static_cast<std::int64_t>(std::floor(position + radius - 0.5F)), 0, last);
    const float one_over_radius = 1 / radius;
    float sum = 0;
    for (std::int64_t cell = low; cell <= high; ++cell) {
      const float distance = (static_cast<float>(cell) + 0.5F - position) * one_over_radius;
      const float weight = std::max(1 - std::fabs(distance), 0.0F);
      weights.push_back(weight);
      sum += weight;
    }
    for (std::size_t i = begin.back(); i < weights.size(); ++i) weights[i] *= 1 / sum;
    first.push_back(box.start + low);
    begin.push_back(weights.size());
  }
};

/// The taps for `output` cells drawn from `box`, which must hold at least one cell.
inline ResizeTaps resize_taps(const Resize& resize, ResizeBox box, std::int64_t output) {
  const bool nearest = resize.interpolation == Interpolation::nearest;
  const auto length = static_cast<float>(box.length);
  const float step = length / static_cast<float>(output);
  const float antialias_step = 1 / (static_cast<float>(output) / length);
  ResizeTaps taps;
  for (std::int64_t i = 0; i < output; ++i) {
    const float centre = static_cast<float>(i) + 0.5F;
    if (nearest) {
      taps.add_nearest(centre * step, box);
    } else if (resize.antialias) {
      taps.add_triangle(centre * antialias_step, std::max(antialias_step, 1.0F), box);
    } else {
      taps.add_linear(centre * step, box);
    }
  }
  return taps;
}

}  // namespace keraunos
