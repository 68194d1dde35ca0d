#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/simd.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/adaptive_window.hpp"
#include "kernels/reference/entry.hpp"

namespace keraunos::cpu::own {
namespace {

class AdaptivePoolKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  AdaptivePoolKernel(const NodeView& node, KernelBuild& build)
      : geometry_(node.inputs[0].dims, node.outputs[0].dims),
        fn_(node.as<AdaptivePool>().fn),
        threads_(
            useful_threads(build.options().threads,
                           memory_time(4 * (node.inputs[0].size() + node.outputs[0].size())))) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const std::int64_t cells = geometry_.output_cells();
    parallel_for(threads_, geometry_.batch * cells, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        run_cell(args.input<float>(0) + i / cells * geometry_.input_cells() * geometry_.channels,
                 i % cells, args.output<float>() + i * geometry_.channels);
      }
    });
  }

 private:
  void run_cell(const float* image, std::int64_t position, float* dst) const {
    const auto& [depth, height, width] = geometry_.axes;
    const AdaptiveRange z = depth.range(position / width.output / height.output);
    const AdaptiveRange y = height.range(position / width.output % height.output);
    const AdaptiveRange x = width.range(position % width.output);
    const std::int64_t pixel = geometry_.channels;
    const std::int64_t line = width.input * pixel;
    simd().pool({image + geometry_.cell(z.begin, y.begin, x.begin) * pixel,
                 0,
                 {{z.size(), y.size(), x.size()}, {height.input * line, line, pixel}},
                 dst,
                 1,
                 pixel,
                 fn_});
  }

  AdaptiveGeometry geometry_;
  PoolFn fn_;
  int threads_;
};

}  // namespace

KernelEntry adaptive_pool() { return make_entry<AdaptivePoolKernel>("own adaptive pool"); }

}  // namespace keraunos::cpu::own
