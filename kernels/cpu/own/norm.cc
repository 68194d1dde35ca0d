#include <cmath>

#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/simd.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/strides.hpp"

namespace keraunos::cpu::own {
namespace {

/// Rows of neighbouring cells; where the axes are not the last ones, rows are gathered first.
class NormKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  NormKernel(const NodeView& node, KernelBuild& build)
      : fn_(node.as<Norm>().fn),
        epsilon_(node.as<Norm>().epsilon),
        split_(node.inputs[0].dims, node.as<Norm>().axes),
        rows_(split_.outer_size()),
        row_(split_.inner_size()),
        contiguous_(split_.inner_strides == row_major_strides(split_.inner_dims)),
        threads_(useful_threads(build.options().threads, memory_time(16 * node.inputs[0].size()))) {
    find_runs();
    raw_constants(node, build);
  }

  /// A row as it is gathered, and one as it is normalised.
  std::size_t workspace_bytes() const override {
    return contiguous_ ? 0 : static_cast<std::size_t>(threads_ * 2 * row_) * sizeof(float);
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
                        static_cast<float*>(args.workspace) + thread * 2 * row_);
        }
      }
    });
  }

 private:
  /// Neighbouring cells at the end of the inner axes are gathered together. The axes before them
  /// are merged where they are walked over as one.
  void find_runs() {
    std::size_t axes = split_.inner_dims.size();
    while (axes > 0 && split_.inner_strides[axes - 1] == run_) run_ *= split_.inner_dims[--axes];
    for (std::size_t axis = 0; axis < axes; ++axis) {
      const std::int64_t size = split_.inner_dims[axis];
      const std::int64_t stride = split_.inner_strides[axis];
      if (!runs_.empty() && run_strides_.back() == stride * size) {
        runs_.back() *= size;
        run_strides_.back() = stride;
      } else {
        runs_.push_back(size);
        run_strides_.push_back(stride);
      }
    }
  }

  void run_scattered(const float* src, float* dst, float* rows) const {
    const std::int64_t count = element_count(runs_);
    const auto at = [&](std::int64_t i) { return offset_of(i, runs_, run_strides_); };
    for (std::int64_t i = 0; i < count; ++i) std::copy_n(src + at(i), run_, rows + i * run_);
    run_row(rows, rows + row_);
    for (std::int64_t i = 0; i < count; ++i) {
      std::copy_n(rows + row_ + i * run_, run_, dst + at(i));
    }
  }

  void run_row(const float* src, float* dst) const {
    const auto count = static_cast<float>(row_);
    switch (fn_) {
      case NormFn::standard:
      case NormFn::deviation: run_centred(src, dst); break;
      case NormFn::rms:
        multiply(src, 1 / std::sqrt(simd().sum_squares(src, 0, row_) / count + epsilon_), 0, dst);
        break;
      case NormFn::l2:
        multiply(src, 1 / std::sqrt(std::fmax(simd().sum_squares(src, 0, row_), epsilon_)), 0, dst);
        break;
    }
  }

  /// The mean is taken twice: what the first one lost to rounding shows in the differences from it.
  void run_centred(const float* src, float* dst) const {
    const auto count = static_cast<float>(row_);
    simd().subtract(src, simd().sum(src, row_) / count, 0, dst, row_);
    const float rest = simd().sum(dst, row_) / count;
    const float variance = simd().sum_squares(dst, rest, row_) / count;
    const float factor = 1 / std::sqrt(variance + epsilon_);
    if (fn_ == NormFn::standard) {
      multiply(dst, factor, -rest * factor, dst);
    } else {
      multiply(src, factor, 0, dst);
    }
  }

  void multiply(const float* src, float factor, float shift, float* dst) const {
    simd().affine(src, &factor, &shift, 0, dst, row_);
  }

  NormFn fn_;
  float epsilon_;
  AxisSplit split_;
  std::int64_t rows_;
  std::int64_t row_;
  bool contiguous_;
  Dims runs_;
  Dims run_strides_;
  std::int64_t run_ = 1;
  int threads_;
};

}  // namespace

KernelEntry norm() { return make_entry<NormKernel>("own norm"); }

}  // namespace keraunos::cpu::own
