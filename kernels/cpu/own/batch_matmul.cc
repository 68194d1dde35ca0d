#include <algorithm>

#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/panels.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/matrix_batch.hpp"
#include "runtime/base/checked.hpp"

namespace keraunos::cpu::own {
namespace {

/// Each task packs one panel of b's columns, and runs all rows of a over it. A transposed a is
/// copied the right way round first.
class BatchMatMulKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  BatchMatMulKernel(const NodeView& node, KernelBuild& build)
      : batch_(node),
        turns_a_(batch_.a_column != 1),
        a_size_(node.inputs[0].size()),
        wide_(simd().panel_width(false)),
        panels_(ceil_div(batch_.columns, wide_)),
        threads_(useful_threads(build.options().threads,
                                multiply_add_time(node.outputs[0].size() * batch_.depth) +
                                    memory_time(8 * batch_.count * batch_.depth * batch_.columns))),
        no_bias_(static_cast<std::size_t>(wide_)) {
    raw_constants(node, build);
  }

  std::size_t workspace_bytes() const override {
    return static_cast<std::size_t>((turns_a_ ? a_size_ : 0) + threads_ * panel_floats()) *
           sizeof(float);
  }

  void run(const KernelArgs& args, Stream&) const override {
    auto* workspace = static_cast<float*>(args.workspace);
    const float* a = args.input<float>(0);
    if (turns_a_) {
      float* turned = workspace + threads_ * panel_floats();
      turn(a, turned);
      a = turned;
    }
    parallel_for(threads_, batch_.count * panels_,
                 [&](std::int64_t begin, std::int64_t end, int thread) {
                   float* panel = workspace + thread * panel_floats();
                   for (std::int64_t task = begin; task < end; ++task) {
                     run_panel(args, a, task / panels_, task % panels_ * wide_, panel);
                   }
                 });
  }

 private:
  std::int64_t panel_floats() const { return batch_.depth * wide_; }

  void run_panel(const KernelArgs& args, const float* a, std::int64_t i, std::int64_t first,
                 float* panel) const {
    const std::int64_t filled = std::min(wide_, batch_.columns - first);
    GemmBlock block = {};
    block.narrow = filled <= wide_ / 2;
    pack(args.input<float>(1) + batch_.b_offset(i) + first * batch_.b_column, filled,
         simd().panel_width(block.narrow), panel);
    constexpr std::int64_t whole_row = 0;
    block.src = a + batch_.a_offset(i);
    block.src_step = batch_.depth;
    block.segments = {&whole_row, 1};
    block.segment_length = batch_.depth;
    block.panel = panel;
    block.bias = no_bias_.data();
    block.dst = args.output<float>() + i * batch_.rows * batch_.columns + first;
    block.dst_step = batch_.columns;
    block.columns = filled;
    simd().gemm(block, batch_.rows);
  }

  void pack(const float* src, std::int64_t filled, std::int64_t width, float* dst) const {
    if (batch_.b_column == 1) {
      for (std::int64_t k = 0; k < batch_.depth; ++k, src += batch_.b_row, dst += width) {
        std::copy_n(src, filled, dst);
        std::fill_n(dst + filled, width - filled, 0.0F);
      }
      return;
    }
    for (std::int64_t column = 0; column < width; ++column) {
      const float* from = src + column * batch_.b_column;
      for (std::int64_t k = 0; k < batch_.depth; ++k) {
        dst[k * width + column] = column < filled ? from[k * batch_.b_row] : 0.0F;
      }
    }
  }

  /// Every matrix of a, each in its old place.
  void turn(const float* src, float* dst) const {
    constexpr std::int64_t strip = 16;  // floats of a cache line
    const std::int64_t strips = ceil_div(batch_.rows, strip);
    const std::int64_t matrix = batch_.rows * batch_.depth;
    const std::int64_t matrices = a_size_ / std::max<std::int64_t>(matrix, 1);
    parallel_for(threads_, matrices * strips, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t task = begin; task < end; ++task) {
        const std::int64_t start = task / strips * matrix;
        const std::int64_t first = task % strips * strip;
        const std::int64_t last = std::min(first + strip, batch_.rows);
        for (std::int64_t k = 0; k < batch_.depth; ++k) {
          for (std::int64_t row = first; row < last; ++row) {
            dst[start + row * batch_.depth + k] = src[start + k * batch_.rows + row];
          }
        }
      }
    });
  }

  MatrixBatch batch_;
  bool turns_a_;
  std::int64_t a_size_;
  std::int64_t wide_;
  std::int64_t panels_;  // of one matrix
  int threads_;
  std::vector<float> no_bias_;
};

}  // namespace

KernelEntry batch_matmul() { return make_entry<BatchMatMulKernel>("own batch matmul"); }

}  // namespace keraunos::cpu::own
