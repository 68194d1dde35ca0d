#include <cmath>
#include <functional>
#include <limits>

#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/strides.hpp"

namespace keraunos::reference {
namespace {

class SoftmaxKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  SoftmaxKernel(const NodeView& node, KernelBuild& build)
      : split_(node.inputs[0].dims, node.as<Softmax>().axes),
        outer_(split_.outer_size()),
        inner_(split_.inner_size()),
        fn_(node.as<Softmax>().fn) {
    raw_constants(node, build);
  }

  /// One row, for sparsemax to sort.
  std::size_t workspace_bytes() const override {
    return fn_ == SoftmaxFn::sparsemax ? static_cast<std::size_t>(inner_) * sizeof(float) : 0;
  }

  void run(const KernelArgs& args, Stream&) const override {
    for (std::int64_t i = 0; i < outer_; ++i) {
      const std::int64_t offset = offset_of(i, split_.outer_dims, split_.outer_strides);
      const float* src = args.input<float>(0) + offset;
      float* dst = args.output<float>() + offset;
      if (fn_ == SoftmaxFn::sparsemax) {
        sparsemax(src, dst, static_cast<float*>(args.workspace));
      } else {
        softmax(src, dst);
      }
    }
  }

 private:
  std::int64_t cell(std::int64_t i) const {
    return offset_of(i, split_.inner_dims, split_.inner_strides);
  }

  void softmax(const float* src, float* dst) const {
    double max = -std::numeric_limits<double>::infinity();
    for (std::int64_t i = 0; i < inner_; ++i) max = std::max<double>(max, src[cell(i)]);
    double sum = 0;
    for (std::int64_t i = 0; i < inner_; ++i) sum += std::exp(src[cell(i)] - max);
    for (std::int64_t i = 0; i < inner_; ++i) {
      const double shifted = src[cell(i)] - max;
      dst[cell(i)] = static_cast<float>(fn_ == SoftmaxFn::log_softmax ? shifted - std::log(sum)
                                                                      : std::exp(shifted) / sum);
    }
  }

  void sparsemax(const float* src, float* dst, float* sorted) const {
    bool has_nan = false;
    for (std::int64_t i = 0; i < inner_; ++i) {
      sorted[i] = src[cell(i)];
      has_nan = has_nan || std::isnan(sorted[i]);
    }
    const double tau =
        has_nan ? std::numeric_limits<double>::quiet_NaN() : sparsemax_threshold(sorted);
    for (std::int64_t i = 0; i < inner_; ++i) {
      const double above = src[cell(i)] - tau;
      dst[cell(i)] = static_cast<float>(above < 0 ? 0 : above);
    }
  }

  /// Keras's threshold, not that of Martins & Astudillo (2016): of the k sorted cells in the
  /// support, with 1 + k*z_k > z_1 + ... + z_k, Keras adds up all running sums, not the cells.
  double sparsemax_threshold(float* row) const {
    std::sort(row, row + inner_, std::greater<>());
    double sum = 0;
    double sum_of_sums = 0;
    double count = 0;
    for (std::int64_t k = 0; k < inner_; ++k) {
      sum += row[k];
      if (row[k] - (sum - 1) / static_cast<double>(k + 1) <= 0) break;
      sum_of_sums += sum;
      ++count;
    }
    return (sum_of_sums - 1) / count;
  }

  AxisSplit split_;
  std::int64_t outer_;
  std::int64_t inner_;
  SoftmaxFn fn_;
};

}  // namespace

KernelEntry softmax() { return make_entry<SoftmaxKernel>("reference softmax"); }

}  // namespace keraunos::reference
