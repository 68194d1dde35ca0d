#pragma once

#include "kernels/cuda/own/activation.hpp"
#include "kernels/cuda/own/float_element.hpp"
#include "kernels/cuda/own/read_cell.hpp"
#include "kernels/cuda/own/sliding.hpp"
#include "kernels/cuda/own/transposed_windows.hpp"

namespace keraunos::cuda {

/// Elements from a convolution's weight to the one of the next window cell, input channel (of the
/// group) and output channel.
struct WeightSteps {
  std::int64_t cell;
  std::int64_t in;
  std::int64_t out;
};

/// A convolution in plain loops; a cell of the index space is a cell of the output. Threads side by
/// side compute channels side by side, so that inputs, outputs and, where their step is 1, weights
/// are read and written in runs. Weights are float32 whatever the data is stored in.
template <typename Element, typename Windows, typename Read>
struct DirectConvBody {
  Windows windows;
  std::int64_t input_row = 0;  // elements from one cell of a tensor to the next
  std::int64_t output_row = 0;
  std::int64_t out_channels = 0;
  std::int64_t in_per_group = 1;
  std::int64_t out_per_group = 1;
  WeightSteps steps = {};
  const float* packed_kernel = nullptr;  // null: input 1
  bool has_bias = false;
  bool has_residual = false;
  Unary activation;
  Read read = {};
  const Element* input = nullptr;
  const float* kernel = nullptr;
  const float* bias = nullptr;
  const Element* residual = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    kernel = packed_kernel != nullptr ? packed_kernel : args.input<float>(1);
    bias = has_bias ? args.input<float>(2) : nullptr;
    residual = has_residual ? args.input<Element>(3) : nullptr;
    output = args.output<Element>();
  }

  std::int64_t count() const { return windows.positions() * out_channels; }

  /// The products of one window cell are summed on their own, which halves the digits that a long
  /// sum would lose.
  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    std::int64_t position = i;
    const std::int64_t channel = take_coordinate(position, out_channels);
    const Element* src = input + channel / out_per_group * in_per_group;
    const float* weights = kernel + channel * steps.out;
    float sum = has_bias ? bias[channel] : 0;
    windows.for_each_cell(windows.place(position), [&](std::int64_t cell, std::int64_t k) {
      float part = 0;
      for (std::int64_t c = 0; c < in_per_group; ++c) {
        part += read(to_float(src[cell * input_row + c])) * weights[k * steps.cell + c * steps.in];
      }
      sum += part;
    });
    if (has_residual) sum += to_float(residual[i]);
    output[position * output_row + channel] = from_float<Element>(activate(activation, sum));
  }
};

template <typename Element, typename Read>
using ConvBody = DirectConvBody<Element, Sliding, Read>;
template <typename Element>
using ConvTransposeBody = DirectConvBody<Element, TransposedWindows, AsStored>;

/// A group for each input channel.
Verdict accepts_depthwise_conv(const NodeView& node, const BuildOptions& options);
/// Any other, where there are few enough products: at most 2^30.
Verdict accepts_direct_conv(const NodeView& node, const BuildOptions& options);
ForEachFloatAndRead<ConvBody> make_conv_body(const NodeView& node);

Verdict accepts_conv_transpose(const NodeView& node, const BuildOptions& options);
/// A kernel that is a weight is packed so that output channels lie side by side.
ForEachFloat<ConvTransposeBody> make_conv_transpose_body(const NodeView& node, KernelBuild& build);

}  // namespace keraunos::cuda
