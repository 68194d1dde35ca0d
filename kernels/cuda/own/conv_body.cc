#include "kernels/cuda/own/conv_body.hpp"

#include <fmt/format.h>

namespace keraunos::cuda {
namespace {

void fill_parts(const NodeView& node, ConvParts& parts) {
  const Conv& conv = node.as<Conv>();
  parts.sliding = make_sliding(conv.windows, node);
  parts.in_channels = node.inputs[0].dims.back();
  parts.out_channels = node.outputs[0].dims.back();
  parts.out_per_group = parts.out_channels / conv.groups;
  parts.has_bias = node.inputs.size() > 2;
  parts.activation = conv.activation;
}

}  // namespace

Verdict accepts_depthwise_conv(const NodeView& node, const BuildOptions&) {
  const Conv& conv = node.as<Conv>();
  const std::int64_t channels = node.inputs[0].dims.back();
  if (conv.groups == channels) return accept_sliding(conv.windows, node, "own depthwise conv");
  return Verdict::no(fmt::format("own depthwise conv wants a group for each of {} channels, got {}",
                                 channels, conv.groups));
}

DepthwiseConvBody make_depthwise_conv_body(const NodeView& node) {
  DepthwiseConvBody body;
  fill_parts(node, body);
  return body;
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
  return accept_sliding(node.as<Conv>().windows, node, "own direct conv");
}

DirectConvBody make_direct_conv_body(const NodeView& node) {
  DirectConvBody body;
  fill_parts(node, body);
  body.in_per_group = body.in_channels / node.as<Conv>().groups;
  return body;
}

}  // namespace keraunos::cuda
