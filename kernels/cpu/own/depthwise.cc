#include "kernels/cpu/own/elementwise.hpp"
#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/window_cells.hpp"
#include "kernels/reference/entry.hpp"

namespace keraunos::cpu::own {
namespace {

class DepthwiseKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    const std::int64_t channels = node.inputs[0].dims.back();
    if (node.as<Conv>().groups != channels || node.outputs[0].dims.back() != channels) {
      return Verdict::no("takes one input channel per output channel");
    }
    if (node.inputs.size() > 3) return Verdict::no("adds no residual");
    if (!node.as<Conv>().input_clamp.is_identity()) return Verdict::no("does not clamp its input");
    return all_float32(node);
  }

  DepthwiseKernel(const NodeView& node, KernelBuild& build)
      : geometry_(node.as<Conv>().windows, node.inputs[0].dims, node.outputs[0].dims),
        has_bias_(node.inputs.size() > 2),
        fused_relu_(node.as<Conv>().activation.is_plain_relu()),
        rows_(geometry_.axes[0].output * geometry_.axes[1].output),
        activation_(fused_relu_ ? Unary{} : node.as<Conv>().activation, node.outputs[0].size(),
                    build.options().threads),
        threads_(useful_threads(build.options().threads, memory_time(2 * node.outputs[0].size() *
                                                                     geometry_.window_cells()))) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    parallel_for(threads_, geometry_.batch * rows_, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) run_row(args, i);
    });
    activation_.run_in_place(args.output<float>());
  }

 private:
  void run_row(const KernelArgs& args, std::int64_t i) const {
    const auto& [depth, height, width] = geometry_.axes;
    const std::int64_t channels = geometry_.in_channels;
    const std::array<std::int64_t, 3> weights_step = {height.size * width.size * channels,
                                                      width.size * channels, channels};
    const float* image = args.input<float>(0) + i / rows_ * geometry_.input_cells() * channels;
    const float* bias = has_bias_ ? args.input<float>(2) : nullptr;
    float* dst = args.output<float>() + i * width.output * channels;
    const WindowRow row(geometry_, i % rows_);
    const float* weights = args.input<float>(1) + row.depth.begin * weights_step[0] +
                           row.height.begin * weights_step[1];
    for_each_run(
        geometry_, row,
        [&](std::int64_t x, std::int64_t count, CellRange cells, std::int64_t first) {
          simd().depthwise({image + first, geometry_.axes[2].stride * channels,
                            window_cells(geometry_, row, cells), weights + cells.begin * channels,
                            weights_step, bias, dst + x * channels, count, channels, fused_relu_});
        });
  }

  SlidingGeometry geometry_;
  bool has_bias_;
  bool fused_relu_;
  std::int64_t rows_;  // of one output image
  UnaryPass activation_;
  int threads_;
};

}  // namespace

KernelEntry depthwise() { return make_entry<DepthwiseKernel>("own depthwise conv"); }

}  // namespace keraunos::cpu::own
