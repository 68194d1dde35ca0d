#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/window_cells.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"

namespace keraunos::cpu::own {
namespace {

class PoolKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  PoolKernel(const NodeView& node, KernelBuild& build)
      : geometry_(node.as<Pool>().windows, node.inputs[0].dims, node.outputs[0].dims),
        fn_(node.as<Pool>().fn),
        rows_(geometry_.axes[0].output * geometry_.axes[1].output),
        threads_(useful_threads(build.options().threads, memory_time(4 * node.outputs[0].size() *
                                                                     geometry_.window_cells()))) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    parallel_for(threads_, geometry_.batch * rows_, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) run_row(args, i);
    });
  }

 private:
  void run_row(const KernelArgs& args, std::int64_t i) const {
    const std::int64_t channels = geometry_.in_channels;
    const SlidingAxis& width = geometry_.axes[2];
    const float* image = args.input<float>(0) + i / rows_ * geometry_.input_cells() * channels;
    float* dst = args.output<float>() + i * width.output * channels;
    const WindowRow row(geometry_, i % rows_);
    for_each_run(
        geometry_, row,
        [&](std::int64_t x, std::int64_t count, CellRange cells, std::int64_t first) {
          simd().pool({image + first, width.stride * channels, window_cells(geometry_, row, cells),
                       dst + x * channels, count, channels, fn_});
        });
  }

  SlidingGeometry geometry_;
  PoolFn fn_;
  std::int64_t rows_;  // of one output image
  int threads_;
};

}  // namespace

KernelEntry pool() { return make_entry<PoolKernel>("own pool"); }

}  // namespace keraunos::cpu::own
