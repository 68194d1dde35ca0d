#pragma once

#include "kernels/cuda/own/row_split.hpp"
#include "kernels/reference/order.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// The first place of the largest or the smallest cell of each row; 0 where all cells are NaN.
template <typename Element>
struct ArgReduceBody {
  bool largest = true;
  RowSplit split;
  const Element* input = nullptr;
  std::int32_t* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    output = args.output<std::int32_t>();
  }

  std::int64_t count() const { return split.rows; }

  /// Each lane finds the first of its best; the first of those that equal the best of all wins.
  template <typename Lanes>
  KERAUNOS_DEVICE void operator()(std::int64_t row, const Lanes& lanes) const {
    using Cell = Number<Element>;
    const auto beats = [upwards = largest](Cell a, Cell b) {
      return upwards ? reference::is_below(b, a) : reference::is_below(a, b);
    };
    const Element* src = input + split.row_index(row);
    Cell best = largest ? lowest_number<Cell> : highest_number<Cell>;
    std::int64_t place = split.length;  // of no cell
    for (std::int64_t i = lanes.index(); i < split.length; i += lanes.count()) {
      const Cell cell = to_number(src[split.column_index(i)]);
      if (!beats(cell, best)) continue;
      best = cell;
      place = i;
    }
    const Cell winner = lanes.reduce(best, [&](Cell a, Cell b) { return beats(b, a) ? b : a; });
    if (beats(winner, best)) place = split.length;
    place = lanes.reduce(place, [](std::int64_t a, std::int64_t b) { return smaller(a, b); });
    // Where nothing beat what the search began with, all cells are that, or NaN.
    if (lanes.index() == 0) output[row] = static_cast<std::int32_t>(place % split.length);
  }
};

Verdict accepts_arg_reduce(const NodeView& node, const BuildOptions& options);
ForEachNumber<ArgReduceBody> make_arg_reduce_body(const NodeView& node);

}  // namespace keraunos::cuda
