#include <cmath>

#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/simd.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/strides.hpp"

namespace keraunos::cpu::own {
namespace {

/// Rows of neighbouring cells; where the axes are not the last ones, rows are gathered first.
class SoftmaxKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    if (node.as<Softmax>().fn == SoftmaxFn::sparsemax) return Verdict::no("has no sparsemax");
    return all_float32(node);
  }

  SoftmaxKernel(const NodeView& node, KernelBuild& build)
      : log_(node.as<Softmax>().fn == SoftmaxFn::log_softmax),
        split_(node.inputs[0].dims, node.as<Softmax>().axes),
        rows_(split_.outer_size()),
        row_(split_.inner_size()),
        contiguous_(split_.inner_strides == row_major_strides(split_.inner_dims)),
        threads_(useful_threads(build.options().threads,
                                0.5 * static_cast<double>(node.inputs[0].size()))) {
    raw_constants(node, build);
  }

  std::size_t workspace_bytes() const override {
    return contiguous_ ? 0 : static_cast<std::size_t>(threads_ * row_) * sizeof(float);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const float* src = args.input<float>(0);
    float* dst = args.output<float>();
    parallel_for(threads_, rows_, [&](std::int64_t begin, std::int64_t end, int thread) {
      for (std::int64_t i = begin; i < end; ++i) {
        if (contiguous_) {
          run_row(src + i * row_, dst + i * row_);
        } else {
          const std::int64_t start = offset_of(i, split_.outer_dims, split_.outer_strides);
          run_scattered(src + start, dst + start,
                        static_cast<float*>(args.workspace) + thread * row_);
        }
      }
    });
  }

 private:
  void run_row(const float* src, float* dst) const {
    const float max = simd().max(src, row_);
    if (log_) {
      simd().subtract(src, max, std::log(simd().sum_exp_shifted(src, max, row_)), dst, row_);
    } else {
      simd().scale(1 / simd().exp_shifted(src, max, dst, row_), dst, row_);
    }
  }

  void run_scattered(const float* src, float* dst, float* row) const {
    for (std::int64_t i = 0; i < row_; ++i) row[i] = src[cell(i)];
    run_row(row, row);
    for (std::int64_t i = 0; i < row_; ++i) dst[cell(i)] = row[i];
  }

  std::int64_t cell(std::int64_t i) const {
    return offset_of(i, split_.inner_dims, split_.inner_strides);
  }

  bool log_;
  AxisSplit split_;
  std::int64_t rows_;
  std::int64_t row_;
  bool contiguous_;
  int threads_;
};

}  // namespace

KernelEntry softmax() { return make_entry<SoftmaxKernel>("own softmax"); }

}  // namespace keraunos::cpu::own
