#pragma once

#include "kernels/cuda/own/activation.hpp"
#include "kernels/cuda/own/pack4.hpp"
#include "kernels/cuda/own/sliding.hpp"

namespace keraunos::cuda {

/// A depthwise convolution whose channels are a multiple of four: a cell of the index space is four
/// neighbouring channels of an output position. Weights are float32 whatever the data is stored in.
template <typename Element>
struct PackedDepthwiseBody {
  Sliding sliding;
  std::int64_t channels = 0;
  bool has_bias = false;
  Unary activation;
  const Element* input = nullptr;
  const float* kernel = nullptr;  // (window cells, channels)
  const float* bias = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    kernel = args.input<float>(1);
    bias = has_bias ? args.input<float>(2) : nullptr;
    output = args.output<Element>();
  }

  std::int64_t count() const { return sliding.positions() * (channels / Pack4<Element>::size); }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    std::int64_t position = i;
    const std::int64_t channel =
        take_coordinate(position, channels / Pack4<Element>::size) * Pack4<Element>::size;
    Float4 sums;
    if (has_bias) sums = Float4::load(bias + channel);
    sliding.for_each_cell(sliding.place(position), [&](std::int64_t cell, std::int64_t k) {
      const Float4 values = Float4::load(input + cell * channels + channel);
      const Float4 weights = Float4::load(kernel + k * channels + channel);
      sums.each(
          [&](float sum, int lane) { return sum + values.lanes[lane] * weights.lanes[lane]; });
    });
    sums.each([&](float sum, int) { return activate(activation, sum); });
    sums.store(output + i * Pack4<Element>::size);
  }
};

/// A group for each input channel, one output channel each, and a multiple of four of them.
Verdict accepts_packed_depthwise(const NodeView& node, const BuildOptions& options);
ForEachFloat<PackedDepthwiseBody> make_packed_depthwise_body(const NodeView& node);

}  // namespace keraunos::cuda
