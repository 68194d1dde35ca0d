#pragma once

#include <cmath>

#include "kernels/cuda/own/row_split.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// softmax, log_softmax and sparsemax over rows. Cells are compared with the row's largest, so that
/// nothing overflows; sums are held in double.
template <typename Element>
struct SoftmaxBody {
  SoftmaxFn fn = SoftmaxFn::softmax;
  RowSplit split;
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    output = args.output<Element>();
  }

  std::int64_t count() const { return split.rows; }

  template <typename Lanes>
  KERAUNOS_DEVICE void operator()(std::int64_t row, const Lanes& lanes) const {
    const std::int64_t start = split.row_index(row);
    const Element* src = input + start;
    Element* dst = output + start;
    const float max = split.max_of(src, lanes);
    if (fn == SoftmaxFn::sparsemax) return sparsemax(src, dst, max, lanes);
    const double sum = split.sum_of(src, lanes, [=](float x) { return std::exp(x - max); });
    if (fn == SoftmaxFn::softmax) {
      const auto scale = static_cast<float>(1 / sum);
      split.transform(src, dst, lanes, [=](float x) { return std::exp(x - max) * scale; });
    } else {
      const auto log_sum = static_cast<float>(std::log(sum));
      split.transform(src, dst, lanes, [=](float x) { return x - max - log_sum; });
    }
  }

 private:
  /// max(x - tau, 0). The support is found by dropping, again and again, the cells below the
  /// threshold of those that are left (Michelot 1986), without sorting and without memory: the
  /// threshold only rises, so that each round drops a cell or is the last.
  template <typename Lanes>
  KERAUNOS_DEVICE void sparsemax(const Element* src, Element* dst, float max,
                                 const Lanes& lanes) const {
    const auto top = static_cast<double>(max);
    double threshold = -static_cast<double>(infinity);
    double cells = -1;
    for (double cells_before = -2; cells != cells_before;) {
      const auto is_left = [=](float x) { return x - top > threshold; };
      cells_before = cells;
      cells = split.sum_of(src, lanes, [=](float x) { return is_left(x) ? 1.0 : 0.0; });
      const double sum =
          split.sum_of(src, lanes, [=](float x) { return is_left(x) ? x - top : 0.0; });
      threshold = (sum - 1) / cells;
    }
    const double running_sums =
        sum_of_running_sums(src, lanes, [=](float x) { return x - top > threshold; });
    const double tau = max != max ? top : (running_sums - 1) / cells;
    split.transform(src, dst, lanes, [=](float x) {
      const double above = x - tau;
      return above < 0 ? 0.0F : static_cast<float>(above);
    });
  }

  /// Of the support in descending order. A cell counts once for itself and once for each smaller
  /// one, which is to say that each pair of cells counts its larger.
  template <typename Lanes, typename InSupport>
  KERAUNOS_DEVICE double sum_of_running_sums(const Element* src, const Lanes& lanes,
                                             const InSupport& in_support) const {
    const double pairs = split.sum_of(src, lanes, [&](float x) {
      return in_support(x)
                 ? split.sum_of(src, OneLane{},
                                [&](float y) { return in_support(y) ? (x < y ? y : x) : 0.0F; })
                 : 0.0;
    });
    const double diagonal =
        split.sum_of(src, lanes, [&](float x) { return in_support(x) ? x : 0.0F; });
    return (pairs + diagonal) / 2;  // every pair was met from both sides
  }
};

/// sparsemax compares the cells of a row with each other: yes for at most 4096 of them.
Verdict accepts_softmax(const NodeView& node, const BuildOptions& options);
ForEachFloat<SoftmaxBody> make_softmax_body(const NodeView& node);

}  // namespace keraunos::cuda
