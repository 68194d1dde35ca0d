#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <numbers>
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

  /// Keys's four cells around `position`, with weights at 1024ths of a cell, as TensorFlow has it.
  void add_cubic(float position, ResizeBox box) {
    constexpr int steps = 1024;
    const float centre = position - 0.5F;
    const float floor = std::floor(centre);
    const auto fraction = static_cast<float>(std::lrint((centre - floor) * steps)) / steps;
    const std::array<float, 4> distances = {1 + fraction, fraction, 1 - fraction, 2 - fraction};
    const std::int64_t before = static_cast<std::int64_t>(floor) - 1;
    const std::int64_t low = std::max<std::int64_t>(before, 0);
    const std::int64_t end = std::min(before + 4, box.length);
    for (std::int64_t cell = low; cell < end; ++cell) {
      weights.push_back(cubic(distances.at(static_cast<std::size_t>(cell - before))));
    }
    finish(box.start + low);
  }

  /// A filter of `radius` cells to either side, widened by `scale`.
  template <typename Filter>
  void add_filter(float position, float scale, float radius, Filter filter, ResizeBox box) {
    const std::int64_t last = box.length - 1;
    const auto low = std::clamp<std::int64_t>(
        static_cast<std::int64_t>(std::ceil(position - radius * scale - 0.5F)), 0, last);
    const auto high = std::clamp<std::int64_t>(
        static_cast<std::int64_t>(std::floor(position + radius * scale - 0.5F)), 0, last);
    const float one_over_scale = 1 / scale;
    for (std::int64_t cell = low; cell <= high; ++cell) {
      const float distance = (static_cast<float>(cell) + 0.5F - position) * one_over_scale;
      weights.push_back(filter(std::fabs(distance)));
    }
    finish(box.start + low);
  }

  /// Scales the weights that were added last to a sum of 1.
  void finish(std::int64_t cell) {
    float sum = 0;
    for (std::size_t i = begin.back(); i < weights.size(); ++i) sum += weights[i];
    for (std::size_t i = begin.back(); i < weights.size(); ++i) weights[i] *= 1 / sum;
    first.push_back(cell);
    begin.push_back(weights.size());
  }

  // The filters, at a distance that is not negative.
  static float triangle(float x) { return std::max(1 - x, 0.0F); }

  /// Keys (1981) with a = -1/2.
  static float cubic(float x) {
    if (x >= 2) return 0;
    if (x >= 1) return ((-0.5F * x + 2.5F) * x - 4) * x + 2;
    return (1.5F * x - 2.5F) * x * x + 1;
  }

  static float lanczos(float x, float radius) {
    if (x > radius) return 0;
    if (x <= 1e-3F) return 1;
    constexpr float pi = std::numbers::pi_v<float>;
    return radius * std::sin(pi * x) * std::sin(pi * x / radius) / (pi * pi * x * x);
  }
};

/// The taps for `output` cells drawn from `box`, which must hold at least one cell.
inline ResizeTaps resize_taps(const Resize& resize, ResizeBox box, std::int64_t output) {
  const auto length = static_cast<float>(box.length);
  const float step = length / static_cast<float>(output);
  const float filter_step = 1 / (static_cast<float>(output) / length);
  const float scale = resize.antialias ? std::max(filter_step, 1.0F) : 1.0F;
  ResizeTaps taps;
  for (std::int64_t i = 0; i < output; ++i) {
    const float centre = static_cast<float>(i) + 0.5F;
    const auto add_filter = [&](float radius, auto filter) {
      taps.add_filter(centre * filter_step, scale, radius, filter, box);
    };
    switch (resize.interpolation) {
      case Interpolation::nearest: taps.add_nearest(centre * step, box); break;
      case Interpolation::bilinear:
        if (resize.antialias) {
          add_filter(1, ResizeTaps::triangle);
        } else {
          taps.add_linear(centre * step, box);
        }
        break;
      case Interpolation::bicubic:
        if (resize.antialias) {
          add_filter(2, ResizeTaps::cubic);
        } else {
          taps.add_cubic(centre * step, box);
        }
        break;
      case Interpolation::lanczos3:
        add_filter(3, [](float x) { return ResizeTaps::lanczos(x, 3); });
        break;
      case Interpolation::lanczos5:
        add_filter(5, [](float x) { return ResizeTaps::lanczos(x, 5); });
        break;
    }
  }
  return taps;
}

}  // namespace keraunos
