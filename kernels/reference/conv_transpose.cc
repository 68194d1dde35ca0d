#include "kernels/reference/activation.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/transposed_window.hpp"

namespace keraunos::reference {
namespace {

class ConvTransposeKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  ConvTransposeKernel(const NodeView& node, KernelBuild& build)
      : geometry_(node.as<ConvTranspose>().windows, node.inputs[0].dims, node.outputs[0].dims),
        activation_(node.as<ConvTranspose>().activation),
        has_bias_(node.inputs.size() > 2) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    float* dst = args.output<float>();
    for (std::int64_t image = 0; image < geometry_.batch; ++image) {
      for (std::int64_t position = 0; position < geometry_.output_cells(); ++position) {
        for (std::int64_t channel = 0; channel < geometry_.out_channels; ++channel) {
          *dst++ = static_cast<float>(
              activate(activation_, output_cell(args, image, position, channel)));
        }
      }
    }
  }

 private:
  double output_cell(const KernelArgs& args, std::int64_t image, std::int64_t position,
                     std::int64_t channel) const {
    const auto& [depth, height, width] = geometry_.axes;
    const std::int64_t in = geometry_.in_channels;
    const float* src = args.input<float>(0) + image * geometry_.input_cells() * in;
    const float* kernel = args.input<float>(1) + channel * in;
    double sum = has_bias_ ? args.input<float>(2)[channel] : 0;
    for (std::int64_t k = 0; k < geometry_.window_cells(); ++k) {
      const std::int64_t z =
          source_cell(depth, position / width.output / height.output, k / width.size / height.size);
      const std::int64_t y = source_cell(height, position / width.output % height.output,
                                         k / width.size % height.size);
      const std::int64_t x = source_cell(width, position % width.output, k % width.size);
      if (z < 0 || y < 0 || x < 0) continue;
      const float* cell = src + ((z * height.input + y) * width.input + x) * in;
      const float* weights = kernel + k * geometry_.out_channels * in;
      for (std::int64_t i = 0; i < in; ++i) sum += static_cast<double>(cell[i]) * weights[i];
    }
    return sum;
  }

  SlidingGeometry geometry_;
  Unary activation_;
  bool has_bias_;
};

}  // namespace

KernelEntry conv_transpose() {
  return make_entry<ConvTransposeKernel>("reference transposed conv");
}

}  // namespace keraunos::reference
