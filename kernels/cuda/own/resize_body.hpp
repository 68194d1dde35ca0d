#pragma once

#include <cmath>

#include "kernels/cuda/own/float_element.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// The cells of an axis that an output cell is a mean of, weighted by a triangle.
struct ResizeTaps {
  std::int64_t first;
  std::int64_t last;
  float position;  // of the triangle's top, where cell i spans [i, i+1)
  float radius;
  float sum;  // of all weights before they are normalised

  KERAUNOS_DEVICE float raw_weight(std::int64_t cell) const {
    const float distance = std::fabs(static_cast<float>(cell) + 0.5F - position) / radius;
    return distance < 1 ? 1 - distance : 0;
  }
  /// Exactly 1 where there is one cell.
  KERAUNOS_DEVICE float weight(std::int64_t cell) const { return raw_weight(cell) / sum; }
};

/// One axis. Positions are computed in float32 in the same steps as TensorFlow's: at large sizes
/// exact positions would give visibly different weights.
struct ResizeAxis {
  std::int64_t input = 1;
  std::int64_t output = 1;
  ResizeBox box;
  Interpolation interpolation = Interpolation::bilinear;
  float step = 1;    // cells of the box per cell of the output
  float radius = 1;  // more with antialias: the triangle then covers what is skipped

  KERAUNOS_DEVICE std::int64_t inside_box(float cell) const {
    return smaller(larger(static_cast<std::int64_t>(cell), 0), box.length - 1);
  }

  /// Taps of output cell `i`, counted from the start of the box.
  KERAUNOS_DEVICE ResizeTaps taps(std::int64_t i) const {
    ResizeTaps taps = {0, 0, (static_cast<float>(i) + 0.5F) * step, radius, 0};
    if (interpolation == Interpolation::nearest) {
      taps.first = inside_box(std::floor(taps.position));
      taps.last = taps.first;
    } else {
      // The first and the last cell whose centre lies under the triangle.
      taps.first = inside_box(std::floor(taps.position - radius - 0.5F) + 1);
      taps.last = inside_box(std::ceil(taps.position + radius - 0.5F) - 1);
    }
    for (std::int64_t cell = taps.first; cell <= taps.last; ++cell) {
      taps.sum += taps.raw_weight(cell);
    }
    return taps;
  }

  /// The input cell that is cell `i` of the box; negative where that is padding.
  KERAUNOS_DEVICE std::int64_t input_cell(std::int64_t i) const {
    const std::int64_t cell = box.start + i;
    return cell < input ? cell : -1;
  }
};

/// A cell of the index space is a cell of the output.
template <typename Element>
struct ResizeBody {
  ResizeAxis height, width;
  std::int64_t images = 0;
  std::int64_t channels = 0;
  std::int64_t input_row = 0;  // elements from one cell of a tensor to the next
  std::int64_t output_row = 0;
  float fill_value = 0;
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    output = args.output<Element>();
  }

  std::int64_t count() const { return images * height.output * width.output * channels; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    std::int64_t position = i;
    const std::int64_t channel = take_coordinate(position, channels);
    std::int64_t image = position;
    const ResizeTaps columns = width.taps(take_coordinate(image, width.output));
    const ResizeTaps rows = height.taps(take_coordinate(image, height.output));
    const Element* src = input + image * height.input * width.input * input_row + channel;
    float sum = 0;
    for (std::int64_t y = rows.first; y <= rows.last; ++y) {
      const float row = row_mean(src, height.input_cell(y), columns);
      sum += rows.weight(y) * row;
    }
    output[position * output_row + channel] = from_float<Element>(sum);
  }

 private:
  KERAUNOS_DEVICE float row_mean(const Element* src, std::int64_t row,
                                 const ResizeTaps& columns) const {
    if (row < 0) return fill_value;
    float sum = 0;
    for (std::int64_t x = columns.first; x <= columns.last; ++x) {
      const std::int64_t column = width.input_cell(x);
      const float value =
          column < 0 ? fill_value : to_float(src[(row * width.input + column) * input_row]);
      sum += columns.weight(x) * value;
    }
    return sum;
  }
};

Verdict accepts_resize(const NodeView& node, const BuildOptions& options);
ForEachFloat<ResizeBody> make_resize_body(const NodeView& node);

}  // namespace keraunos::cuda
