#include "kernels/cuda/own/packed_depthwise_body.hpp"

#include <fmt/format.h>

namespace keraunos::cuda {

Verdict accepts_packed_depthwise(const NodeView& node, const BuildOptions&) {
  const Conv& conv = node.as<Conv>();
  const std::int64_t channels = node.inputs[0].dims.back();
  if (conv.groups != channels || node.outputs[0].dims.back() != channels) {
    return Verdict::no(fmt::format(
        "own packed depthwise wants a group and an output channel for each of {} channels, got {} "
        "groups and {} output channels",
        channels, conv.groups, node.outputs[0].dims.back()));
  }
  if (channels % Pack4<float>::size != 0) {
    return Verdict::no(fmt::format("own packed depthwise wants a multiple of {} channels, got {}",
                                   Pack4<float>::size, channels));
  }
  if (conv.windows.size() > 2) {
    return Verdict::no(
        fmt::format("own packed depthwise takes 1 or 2 spatial axes, got {}", conv.windows.size()));
  }
  if (node.inputs.size() > 3) return Verdict::no("own packed depthwise adds no residual");
  return accept_sliding(conv.windows.size(), node, "own packed depthwise");
}

ForEachFloatAndRead<PackedDepthwiseBody> make_packed_depthwise_body(const NodeView& node) {
  const Conv& conv = node.as<Conv>();
  const Sliding sliding = make_sliding(conv.windows, node);
  return for_float_element_and_read<ForEachFloatAndRead<PackedDepthwiseBody>>(
      node.inputs[0].dtype, conv.input_clamp, [&](auto element, auto read) {
        return PackedDepthwiseBody<decltype(element), decltype(read)>{
            .height = sliding.height,
            .width = sliding.width,
            .images = sliding.images,
            .channels = node.inputs[0].dims.back(),
            .has_bias = node.inputs.size() > 2,
            .activation = conv.activation,
            .read = read};
      });
}

}  // namespace keraunos::cuda
