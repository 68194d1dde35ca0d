#pragma once

#include <span>

#include "kernels/cuda/own/number_element.hpp"

namespace keraunos::cuda {

/// A dense tensor as rows: the cells along some axes, which an op works on together, form a row;
/// there is one row for each cell of the other axes.
struct RowSplit {
  std::int64_t rows = 0;
  std::int64_t length = 0;
  StridedIndex row_index;     // where a row begins
  StridedIndex column_index;  // where a cell lies, from there
  bool one_thread_per_row = false;

  /// The cells of the row combined, in any order; `neutral` where there are none. `row` points at
  /// the row's first cell.
  template <typename T, typename Element, typename Lanes, typename Combine>
  KERAUNOS_DEVICE T reduce(const Element* row, const Lanes& lanes, T neutral,
                           const Combine& combine) const {
    T result = neutral;
    for (std::int64_t i = lanes.index(); i < length; i += lanes.count()) {
      result = combine(result, static_cast<T>(to_number(row[column_index(i)])));
    }
    return lanes.reduce(result, combine);
  }

  /// The row's largest cell; NaN where there is one.
  template <typename Element, typename Lanes>
  KERAUNOS_DEVICE float max_of(const Element* row, const Lanes& lanes) const {
    return reduce(row, lanes, -infinity, [](float a, float b) { return max_or_nan(a, b); });
  }

  /// The sum of function(x) over the cells of the row.
  template <typename Element, typename Lanes, typename Function>
  KERAUNOS_DEVICE double sum_of(const Element* row, const Lanes& lanes,
                                const Function& function) const {
    double sum = 0;
    for (std::int64_t i = lanes.index(); i < length; i += lanes.count()) {
      sum += static_cast<double>(function(to_float(row[column_index(i)])));
    }
    return lanes.sum(sum);
  }

  /// dst = function(src) for the cells of a row.
  template <typename Element, typename Lanes, typename Function>
  KERAUNOS_DEVICE void transform(const Element* src, Element* dst, const Lanes& lanes,
                                 const Function& function) const {
    for (std::int64_t i = lanes.index(); i < length; i += lanes.count()) {
      const std::int64_t cell = column_index(i);
      dst[cell] = from_float<Element>(function(to_float(src[cell])));
    }
  }
};

RowSplit make_row_split(std::span<const std::int64_t> dims, std::span<const std::size_t> axes);

}  // namespace keraunos::cuda
