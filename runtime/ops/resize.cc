#include "runtime/ops/resize.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/fail.hpp"

namespace keraunos {

std::string_view to_string(Interpolation interpolation) {
  switch (interpolation) {
    case Interpolation::nearest: return "nearest";
    case Interpolation::bilinear: return "bilinear";
    case Interpolation::bicubic: return "bicubic";
    case Interpolation::lanczos3: return "lanczos3";
    case Interpolation::lanczos5: return "lanczos5";
  }
  return "";
}

Resize Resize::bind(const Binding& binding) const {
  Resize bound = *this;
  bound.height = height.evaluate(binding);
  bound.width = width.evaluate(binding);
  return bound;
}

std::vector<TensorType> Resize::infer(std::span<const TensorType> inputs, Demands& demands) const {
  const Shape& input = inputs[0].shape;
  if (input.size() != 4) {
    fail(ErrorCode::shape_mismatch, "resizing wants (batch, height, width, channels), got {}",
         to_keras_string(input));
  }
  demands.positive(input[1], "resizing wants at least one row");
  demands.positive(input[2], "resizing wants at least one column");
  demands.positive(height, "resizing makes at least one row");
  demands.positive(width, "resizing makes at least one column");
  return {{inputs[0].dtype, {input[0], height, width, input[3]}}};
}

std::string Resize::describe() const {
  std::string text =
      fmt::format("{} to {}x{}", to_string(interpolation), height.to_string(), width.to_string());
  if (antialias) text += ", antialias";
  if (aspect_ratio == AspectRatio::crop) text += ", crop to aspect ratio";
  if (aspect_ratio == AspectRatio::center_crop) text += ", crop the centre";
  if (aspect_ratio == AspectRatio::pad) text += fmt::format(", pad with {}", fill_value);
  return text;
}

ResizeBoxes resize_boxes(const Resize& resize, std::int64_t input_height,
                         std::int64_t input_width) {
  ResizeBoxes boxes = {{0, input_height}, {0, input_width}};
  if (resize.aspect_ratio == AspectRatio::stretch) return boxes;

  const auto scaled = [](std::int64_t side, std::int64_t numerator, std::int64_t denominator) {
    return static_cast<std::int64_t>(static_cast<float>(side * numerator) /
                                     static_cast<float>(denominator));
  };
  const auto box = [&](std::int64_t input, std::int64_t wanted) -> ResizeBox {
    if (resize.aspect_ratio != AspectRatio::pad) {
      const std::int64_t length = std::max<std::int64_t>(std::min(input, wanted), 1);
      return {(input - length) / 2, length};
    }
    // The same amount on both sides: an odd difference loses its last cell, as in Keras.
    const std::int64_t margin = (std::max(input, wanted) - input) / 2;
    return {-margin, input + 2 * margin};
  };
  const std::int64_t height = *resize.height.constant();
  const std::int64_t width = *resize.width.constant();
  if (resize.aspect_ratio == AspectRatio::center_crop && input_height >= height &&
      input_width >= width) {
    return {{(input_height - height) / 2, height}, {(input_width - width) / 2, width}};
  }
  boxes.height = box(input_height, scaled(input_width, height, width));
  boxes.width = box(input_width, scaled(input_height, width, height));
  return boxes;
}

}  // namespace keraunos
