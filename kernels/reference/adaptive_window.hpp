#pragma once

#include <array>

#include "keraunos/tensor.hpp"
#include "runtime/base/checked.hpp"

namespace keraunos {

/// Cells [begin, end) of an axis.
struct AdaptiveRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  std::int64_t size() const { return end - begin; }
};

struct AdaptiveAxis {
  std::int64_t input = 1;
  std::int64_t output = 1;

  /// The input cells under output cell `o`.
  AdaptiveRange range(std::int64_t o) const {
    return {o * input / output, ceil_div((o + 1) * input, output)};
  }
};

/// An adaptive pooling brought to three spatial axes: missing ones are size 1 in front.
struct AdaptiveGeometry {
  std::int64_t batch;
  std::int64_t channels;
  std::array<AdaptiveAxis, 3> axes;  // depth, height, width

  AdaptiveGeometry(const Dims& input, const Dims& output)
      : batch(input.front()), channels(input.back()) {
    const std::size_t spatial = input.size() - 2;
    for (std::size_t i = 0; i < spatial; ++i) {
      axes[axes.size() - spatial + i] = {input[i + 1], output[i + 1]};
    }
  }

  std::int64_t cell(std::int64_t z, std::int64_t y, std::int64_t x) const {
    return (z * axes[1].input + y) * axes[2].input + x;
  }
  std::int64_t input_cells() const { return axes[0].input * axes[1].input * axes[2].input; }
  std::int64_t output_cells() const { return axes[0].output * axes[1].output * axes[2].output; }
};

}  // namespace keraunos
