#include "kernels/cuda/own/sliding.hpp"

#include <fmt/format.h>

#include <array>

#include "kernels/cuda/own/accept.hpp"

namespace keraunos::cuda {

Sliding make_sliding(std::span<const Window> windows, const Dims& input, const Dims& output) {
  std::array<SlidingAxis, most_spatial_axes> axes;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    SlidingAxis& axis = axes[most_spatial_axes - windows.size() + i];
    axis.size = windows[i].size;
    axis.stride = windows[i].stride;
    axis.dilation = windows[i].dilation;
    axis.before = pad_amounts(windows[i], input[i + 1]).before;
    axis.input = input[i + 1];
    axis.output = output[i + 1];
  }
  return {axes[0], axes[1], axes[2], input[0]};
}

Sliding make_sliding(std::span<const Window> windows, const NodeView& node) {
  return make_sliding(windows, node.inputs[0].dims, node.outputs[0].dims);
}

Verdict accept_spatial_axes(std::size_t spatial_axes, std::string_view kernel) {
  if (spatial_axes <= most_spatial_axes) return Verdict::yes();
  return Verdict::no(fmt::format("{} takes up to {} spatial axes, got {}", kernel,
                                 most_spatial_axes, spatial_axes));
}

Verdict accept_sliding(std::size_t spatial_axes, const NodeView& node, std::string_view kernel) {
  Verdict verdict = accept_spatial_axes(spatial_axes, kernel);
  return verdict ? accept_float(node, kernel) : verdict;
}

}  // namespace keraunos::cuda
