#pragma once

#include "kernels/cuda/own/row_split.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// Mean or maximum of each row.
template <typename Element>
struct ReduceBody {
  ReduceFn fn = ReduceFn::mean;
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
    const Element* src = input + split.row_index(row);
    const float result = fn == ReduceFn::max ? split.max_of(src, lanes) : mean_of(src, lanes);
    if (lanes.index() == 0) output[row] = from_float<Element>(result);
  }

 private:
  template <typename Lanes>
  KERAUNOS_DEVICE float mean_of(const Element* src, const Lanes& lanes) const {
    const double sum = split.sum_of(src, lanes, [](float x) { return x; });
    return static_cast<float>(sum / static_cast<double>(split.length));
  }
};

Verdict accepts_reduce(const NodeView& node, const BuildOptions& options);
ForEachFloat<ReduceBody> make_reduce_body(const NodeView& node);

}  // namespace keraunos::cuda
