#include "kernels/reference/activation.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/sliding.hpp"

namespace keraunos::reference {
namespace {

class ConvKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  ConvKernel(const NodeView& node, KernelBuild& build)
      : geometry_(node.as<Conv>().windows, node.inputs[0].dims, node.outputs[0].dims),
        groups_(node.as<Conv>().groups),
        activation_(node.as<Conv>().activation),
        input_clamp_(node.as<Conv>().input_clamp),
        has_bias_(node.inputs.size() > 2),
        has_residual_(node.inputs.size() > 3) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const std::int64_t cells = geometry_.output_cells();
    float* dst = args.output<float>();
    for (std::int64_t image = 0; image < geometry_.batch; ++image) {
      for (std::int64_t position = 0; position < cells; ++position) {
        for (std::int64_t channel = 0; channel < geometry_.out_channels; ++channel) {
          double sum = output_cell(args, image, position, channel);
          if (has_residual_) sum += args.input<float>(3)[dst - args.output<float>()];
          *dst++ = static_cast<float>(activate(activation_, sum));
        }
      }
    }
  }

 private:
  double output_cell(const KernelArgs& args, std::int64_t image, std::int64_t position,
                     std::int64_t channel) const {
    const std::int64_t in_per_group = geometry_.in_channels / groups_;
    const std::int64_t group = channel / (geometry_.out_channels / groups_);
    const float* src = args.input<float>(0) +
                       image * geometry_.input_cells() * geometry_.in_channels +
                       group * in_per_group;
    const float* kernel = args.input<float>(1) + channel;
    double sum = has_bias_ ? args.input<float>(2)[channel] : 0;
    for_each_cell(geometry_, position, [&](std::int64_t cell, std::int64_t k) {
      for (std::int64_t i = 0; i < in_per_group; ++i) {
        const double value = src[cell * geometry_.in_channels + i];
        sum += clip(value, input_clamp_.low, input_clamp_.high) *
               kernel[(k * in_per_group + i) * geometry_.out_channels];
      }
    });
    return sum;
  }

  SlidingGeometry geometry_;
  std::int64_t groups_;
  Unary activation_;
  Clamp input_clamp_;
  bool has_bias_;
  bool has_residual_;
};

}  // namespace

KernelEntry conv() { return make_entry<ConvKernel>("reference conv"); }

}  // namespace keraunos::reference
