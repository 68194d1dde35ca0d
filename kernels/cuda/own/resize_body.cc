#include "kernels/cuda/own/resize_body.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/cuda/own/accept.hpp"

namespace keraunos::cuda {
namespace {

ResizeAxis make_axis(const Resize& resize, ResizeBox box, std::int64_t input, std::int64_t output) {
  const bool widened = resize.antialias && resize.interpolation == Interpolation::bilinear;
  const auto length = static_cast<float>(box.length);
  const auto cells = static_cast<float>(output);
  ResizeAxis axis;
  axis.input = input;
  axis.output = output;
  axis.box = box;
  axis.interpolation = resize.interpolation;
  // TensorFlow's antialiasing resizer takes the inverse of a scale, which rounds twice.
  axis.step = widened ? 1 / (cells / length) : length / cells;
  axis.radius = widened ? std::max(axis.step, 1.0F) : 1.0F;
  return axis;
}

ResizeBoxes boxes_of(const NodeView& node) {
  const Dims& input = node.inputs[0].dims;
  return resize_boxes(node.as<Resize>(), input[1], input[2]);
}

}  // namespace

Verdict accepts_resize(const NodeView& node, const BuildOptions&) {
  constexpr std::int64_t most_cells = 1 << 24;  // where float32 stops telling cells apart
  const Resize& resize = node.as<Resize>();
  if (resize.interpolation != Interpolation::nearest &&
      resize.interpolation != Interpolation::bilinear) {
    return Verdict::no(
        fmt::format("own resize does not compute {}", to_string(resize.interpolation)));
  }
  const auto [height, width] = boxes_of(node);
  const std::int64_t cells =
      std::max({height.length, width.length, node.outputs[0].dims[1], node.outputs[0].dims[2]});
  if (cells > most_cells) {
    return Verdict::no(
        fmt::format("own resize takes up to {} rows and columns, got {}", most_cells, cells));
  }
  return accept_float(node, "own resize");
}

ForEachFloat<ResizeBody> make_resize_body(const NodeView& node) {
  const Resize& resize = node.as<Resize>();
  const Dims& input = node.inputs[0].dims;
  const Dims& output = node.outputs[0].dims;
  const ResizeBoxes boxes = boxes_of(node);
  return for_float_element<ForEachFloat<ResizeBody>>(node.inputs[0].dtype, [&](auto element) {
    return ResizeBody<decltype(element)>{
        .height = make_axis(resize, boxes.height, input[1], output[1]),
        .width = make_axis(resize, boxes.width, input[2], output[2]),
        .images = input[0],
        .channels = input[3],
        .input_row = node.input_row(0),
        .output_row = node.output_row(),
        .fill_value = resize.fill_value};
  });
}

}  // namespace keraunos::cuda
