#include "kernels/cuda/own/sliding.hpp"

#include <fmt/format.h>

#include <array>

#include "kernels/cuda/own/accept.hpp"

namespace keraunos::cuda {

Sliding make_sliding(std::span<const Window> windows, const NodeView& node) {
  const Dims& input = node.inputs[0].dims;
  const Dims& output = node.outputs[0].dims;
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

Verdict accept_sliding(std::size_t spatial_axes, const NodeView& node, std::string_view kernel) {
  if (spatial_axes <= most_spatial_axes) return accept_float(node, kernel);
  return Verdict::no(fmt::format("{} takes up to {} spatial axes, got {}", kernel,
                                 most_spatial_axes, spatial_axes));
}

}  // namespace keraunos::cuda
