#include "kernels/cuda/own/conv_body.hpp"
#include "kernels/cuda/own/weights.hpp"

namespace keraunos::cuda {

Verdict accepts_conv_transpose(const NodeView& node, const BuildOptions&) {
  return accept_sliding(node.as<ConvTranspose>().windows.size(), node, "own transposed conv");
}

ForEachFloat<ConvTransposeBody> make_conv_transpose_body(const NodeView& node, KernelBuild& build) {
  const ConvTranspose& conv = node.as<ConvTranspose>();
  const std::int64_t in = node.inputs[0].dims.back();
  const std::int64_t out = node.outputs[0].dims.back();
  WeightSteps steps = {out * in, 1, in};  // as Keras stores it
  const float* packed = nullptr;
  if (node.is_constant(1)) {
    const std::int64_t rows = node.inputs[1].size() / in;
    packed = static_cast<const float*>(packed_filter(build, 1, DType::float32, rows, in));
    steps = {out, rows, 1};
  }
  const bool has_bias = node.inputs.size() > 2;
  if (has_bias && node.is_constant(2)) build.raw(2);
  const TransposedWindows windows = {make_sliding(conv.windows, node)};
  return for_float_element<ForEachFloat<ConvTransposeBody>>(
      node.inputs[0].dtype, [&](auto element) {
        return ConvTransposeBody<decltype(element)>{.windows = windows,
                                                    .input_row = node.input_row(0),
                                                    .output_row = node.output_row(),
                                                    .out_channels = out,
                                                    .in_per_group = in,
                                                    .out_per_group = out,
                                                    .steps = steps,
                                                    .packed_kernel = packed,
                                                    .has_bias = has_bias,
                                                    .activation = conv.activation};
      });
}

}  // namespace keraunos::cuda
