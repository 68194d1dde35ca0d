#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

enum class Interpolation { nearest, bilinear, bicubic, lanczos3, lanczos5 };

std::string_view to_string(Interpolation interpolation);

/// What happens where the aspect ratio changes.
enum class AspectRatio {
  stretch,      ///< height and width are scaled independently
  crop,         ///< the largest centred box of the target's ratio is cut out first
  center_crop,  ///< a centred box of the target's size, where the image has one; otherwise as crop
  pad,          ///< the image is extended to the target's ratio with fill_value first, centred
};

/// Resizes (batch, height, width, channels) with half-pixel centres.
///
/// bilinear: clamped at the edges; with antialias the triangle is widened by the reduction.
/// nearest:  source = floor((i + 0.5) * input/output); antialias does nothing.
/// bicubic (Keys, a = -1/2), lanczos3, lanczos5: weights of cells outside are left out and the rest
///           scaled to a sum of 1.
struct Resize {
  static constexpr std::string_view name = "Resize";

  Dim height;  // of the output
  Dim width;
  Interpolation interpolation = Interpolation::bilinear;
  bool antialias = false;
  AspectRatio aspect_ratio = AspectRatio::stretch;
  float fill_value = 0;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
  Resize bind(const Binding& binding) const;
};

/// The part of an axis of the input that fills an axis of the output: input cells
/// [start, start+length), where start may be negative and the box may end past the input: such
/// cells hold fill_value.
struct ResizeBox {
  std::int64_t start = 0;
  std::int64_t length = 0;
};

/// The boxes of height and width for an image of concrete size. As in Keras on TensorFlow, the
/// wanted side is a float32 quotient truncated to an integer, and half the difference is truncated.
struct ResizeBoxes {
  ResizeBox height;
  ResizeBox width;
};
ResizeBoxes resize_boxes(const Resize& resize, std::int64_t input_height, std::int64_t input_width);

}  // namespace keraunos
