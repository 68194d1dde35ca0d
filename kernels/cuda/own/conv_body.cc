#include "kernels/cuda/own/conv_body.hpp"

#include <fmt/format.h>

namespace keraunos::cuda {
Verdict accepts_depthwise_conv(const NodeView& node, const BuildOptions&) {
  const Conv& conv = node.as<Conv>();
  const std::int64_t channels = node.inputs[0].dims.back();
  if (conv.groups == channels)
    return accept_sliding(conv.windows.size(), node, "own depthwise conv");
  return Verdict::no(fmt::format("own depthwise conv wants a group for each of {} channels, got {}",
                                 channels, conv.groups));
}

Verdict accepts_direct_conv(const NodeView& node, const BuildOptions&) {
  constexpr double most_products = 1 << 30;
  const double per_channel =
      static_cast<double>(node.inputs[1].size()) / static_cast<double>(node.outputs[0].dims.back());
  const double products = per_channel * static_cast<double>(node.outputs[0].size());
  if (products > most_products) {
    return Verdict::no(fmt::format("own direct conv takes up to {:.0f} multiplications, got {:.0f}",
                                   most_products, products));
  }
  return accept_sliding(node.as<Conv>().windows.size(), node, "own direct conv");
}

ForEachFloatAndRead<ConvBody> make_conv_body(const NodeView& node) {
  const Conv& conv = node.as<Conv>();
  const std::int64_t out_channels = node.outputs[0].dims.back();
  const std::int64_t in_per_group = node.inputs[0].dims.back() / conv.groups;
  const Sliding sliding = make_sliding(conv.windows, node);
  return for_float_element_and_read<ForEachFloatAndRead<ConvBody>>(
      node.inputs[0].dtype, conv.input_clamp, [&](auto element, auto read) {
        return ConvBody<decltype(element), decltype(read)>{
            .windows = sliding,
            .input_row = node.input_row(0),
            .output_row = node.output_row(),
            .out_channels = out_channels,
            .in_per_group = in_per_group,
            .out_per_group = out_channels / conv.groups,
            .steps = {in_per_group * out_channels, out_channels, 1},
            .has_bias = node.inputs.size() > 2,
            .has_residual = node.inputs.size() > 3,
            .activation = conv.activation,
            .read = read};
      });
}

}  // namespace keraunos::cuda
