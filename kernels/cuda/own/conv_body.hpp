#pragma once

#include "kernels/cuda/own/activation.hpp"
#include "kernels/cuda/own/sliding.hpp"

namespace keraunos::cuda {

/// What the convolutions of ours share; a cell of the index space is a cell of the output. Threads
/// side by side compute channels side by side, so that inputs, weights and outputs are read and
/// written in runs.
struct ConvParts {
  Sliding sliding;
  std::int64_t in_channels = 0;
  std::int64_t out_channels = 0;
  std::int64_t out_per_group = 1;
  bool has_bias = false;
  Unary activation;
  const float* input = nullptr;
  const float* kernel = nullptr;  // (window cells, in channels / groups, out channels)
  const float* bias = nullptr;
  float* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<float>(0);
    kernel = args.input<float>(1);
    bias = has_bias ? args.input<float>(2) : nullptr;
    output = args.output<float>();
  }

  std::int64_t count() const { return sliding.positions() * out_channels; }

  KERAUNOS_DEVICE void write(std::int64_t i, std::int64_t channel, float sum) const {
    output[i] = activate(activation, has_bias ? sum + bias[channel] : sum);
  }
};

/// Each output channel sees one input channel.
struct DepthwiseConvBody : ConvParts {
  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    std::int64_t position = i;
    const std::int64_t channel = take_coordinate(position, out_channels);
    const float* src = input + channel / out_per_group;
    const float* weights = kernel + channel;
    float sum = 0;
    sliding.for_each_cell(sliding.place(position), [&](std::int64_t cell, std::int64_t k) {
      sum += src[cell * in_channels] * weights[k * out_channels];
    });
    write(i, channel, sum);
  }
};

/// Any convolution, in plain loops. The products of one window cell are summed on their own, which
/// halves the digits that a long sum would lose.
struct DirectConvBody : ConvParts {
  std::int64_t in_per_group = 1;

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    std::int64_t position = i;
    const std::int64_t channel = take_coordinate(position, out_channels);
    const float* src = input + channel / out_per_group * in_per_group;
    const float* weights = kernel + channel;
    float sum = 0;
    sliding.for_each_cell(sliding.place(position), [&](std::int64_t cell, std::int64_t k) {
      float part = 0;
      for (std::int64_t c = 0; c < in_per_group; ++c) {
        part += src[cell * in_channels + c] * weights[(k * in_per_group + c) * out_channels];
      }
      sum += part;
    });
    write(i, channel, sum);
  }
};

Verdict accepts_depthwise_conv(const NodeView& node, const BuildOptions& options);
DepthwiseConvBody make_depthwise_conv_body(const NodeView& node);

/// Plain loops are slow: yes for at most 2^30 multiplications.
Verdict accepts_direct_conv(const NodeView& node, const BuildOptions& options);
DirectConvBody make_direct_conv_body(const NodeView& node);

}  // namespace keraunos::cuda
