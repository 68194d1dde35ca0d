#pragma once

#include "kernels/cuda/own/activation.hpp"
#include "kernels/cuda/own/pack4.hpp"
#include "kernels/cuda/own/read_cell.hpp"
#include "kernels/cuda/own/sliding.hpp"

namespace keraunos::cuda {

/// A depthwise convolution over one or two axes whose channels are a multiple of four: a cell of
/// the index space is four neighbouring channels of four neighbouring output positions, which share
/// the weights that they read. Weights are float32 whatever the data is stored in.
template <typename Element, typename Read>
struct PackedDepthwiseBody {
  static constexpr int positions = 4;  // side by side along the width

  SlidingAxis height, width;
  std::int64_t images = 0;
  std::int64_t channels = 0;
  bool has_bias = false;
  Unary activation;
  Read read;
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

  KERAUNOS_DEVICE std::int64_t packs() const { return channels / Pack4<Element>::size; }
  KERAUNOS_DEVICE std::int64_t blocks() const { return (width.output + positions - 1) / positions; }
  std::int64_t count() const { return images * height.output * blocks() * packs(); }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    const std::int64_t channel = take_coordinate(i, packs()) * Pack4<Element>::size;
    const std::int64_t x = take_coordinate(i, blocks()) * positions;
    std::int64_t image = i;
    const std::int64_t y = take_coordinate(image, height.output);
    Float4 sums[positions];
    const std::int64_t top = y * height.stride - height.before;
    const WindowRange rows = height.range(top);
    for (std::int64_t j = rows.begin; j < rows.end; ++j) {
      const std::int64_t row = image * height.input + top + j * height.dilation;
      add_row(input + row * width.input * channels + channel,
              kernel + j * width.size * channels + channel, x, sums);
    }
    Element* const target = output + (i * width.output + x) * channels + channel;
    for (int p = 0; p < positions && x + p < width.output; ++p) {
      finish(sums[p], channel).store(target + p * channels);
    }
  }

 private:
  /// Adds one row of the windows of all positions.
  KERAUNOS_DEVICE void add_row(const Element* line, const float* weights, std::int64_t x,
                               Float4* sums) const {
    for (std::int64_t k = 0; k < width.size; ++k) {
      const Float4 weight = Float4::load(weights + k * channels);
      std::int64_t column = x * width.stride - width.before + k * width.dilation;
      for (int p = 0; p < positions; ++p, column += width.stride) {
        if (column < 0 || column >= width.input) continue;
        const Float4 values = Float4::load(line + column * channels);
        sums[p].each([&](float sum, int lane) {
          return sum + read(values.lanes[lane]) * weight.lanes[lane];
        });
      }
    }
  }

  KERAUNOS_DEVICE Float4 finish(Float4 sums, std::int64_t channel) const {
    if (has_bias) {
      const Float4 added = Float4::load(bias + channel);
      sums.each([&](float sum, int lane) { return sum + added.lanes[lane]; });
    }
    sums.each([&](float sum, int) { return activate(activation, sum); });
    return sums;
  }
};

/// One or two axes; a group for each input channel, one output channel each, a multiple of four of
/// them.
Verdict accepts_packed_depthwise(const NodeView& node, const BuildOptions& options);
ForEachFloatAndRead<PackedDepthwiseBody> make_packed_depthwise_body(const NodeView& node);

}  // namespace keraunos::cuda
