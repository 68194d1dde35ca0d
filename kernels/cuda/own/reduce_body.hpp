#pragma once

#include <type_traits>

#include "kernels/cuda/own/row_split.hpp"
#include "kernels/reference/integers.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// One cell for each row. Floats add up and multiply in double, integers wrap around, and of bools
/// there is only the largest, which is `any`, and the smallest, which is `all`.
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
    const Cell result = reduce(input + split.row_index(row), lanes);
    if (lanes.index() == 0) output[row] = from_number<Element>(result);
  }

 private:
  using Cell = Number<Element>;

  template <typename Lanes>
  KERAUNOS_DEVICE Cell reduce(const Element* src, const Lanes& lanes) const {
    switch (fn) {
      case ReduceFn::max:
      case ReduceFn::any:
        return split.reduce(src, lanes, lowest_number<Cell>,
                            [](Cell a, Cell b) { return max_or_nan(a, b); });
      case ReduceFn::min:
      case ReduceFn::all:
        return split.reduce(src, lanes, highest_number<Cell>,
                            [](Cell a, Cell b) { return min_or_nan(a, b); });
      default: return accumulate(src, lanes);
    }
  }

  template <typename Lanes>
  KERAUNOS_DEVICE Cell accumulate(const Element* src, const Lanes& lanes) const {
    if constexpr (std::is_same_v<Cell, bool>) {
      return false;  // accept refuses these
    } else if constexpr (std::is_integral_v<Cell>) {
      const auto add = [](Cell a, Cell b) { return reference::wrapping_add(a, b); };
      const auto multiply = [](Cell a, Cell b) { return reference::wrapping_multiply(a, b); };
      return fn == ReduceFn::prod ? split.reduce(src, lanes, Cell{1}, multiply)
                                  : split.reduce(src, lanes, Cell{0}, add);
    } else {
      const auto add = [](double a, double b) { return a + b; };
      const auto multiply = [](double a, double b) { return a * b; };
      const double result = fn == ReduceFn::prod ? split.reduce(src, lanes, 1.0, multiply)
                                                 : split.reduce(src, lanes, 0.0, add);
      const double cells = fn == ReduceFn::mean ? static_cast<double>(split.length) : 1;
      return static_cast<Cell>(result / cells);
    }
  }
};

Verdict accepts_reduce(const NodeView& node, const BuildOptions& options);
ForEachNumber<ReduceBody> make_reduce_body(const NodeView& node);

}  // namespace keraunos::cuda
