#pragma once

#include "kernels/cuda/own/number_element.hpp"
#include "kernels/reference/order.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// Sorts lines along an axis by counting: a cell goes to the place whose number is that of the
/// cells that come before it. A cell of the index space is a cell of the input, and looks at its
/// whole line: quick for short lines alone.
template <typename Element>
struct SortBody {
  std::int64_t size = 0;
  std::int64_t cells = 1;  // of a line
  std::int64_t step = 1;   // from one to the next
  bool descending = false;
  const Element* input = nullptr;
  Element* sorted = nullptr;
  std::int32_t* places = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    sorted = args.output<Element>(0);
    places = args.output<std::int32_t>(1);
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    const std::int64_t place = i / step % cells;
    const std::int64_t line = i - place * step;
    const auto cell = to_number(input[i]);
    std::int64_t before = 0;
    for (std::int64_t other = 0; other < cells; ++other) {
      const auto its_cell = to_number(input[line + other * step]);
      before += reference::precedes(its_cell, other, cell, place, descending) ? 1 : 0;
    }
    sorted[line + before * step] = input[i];
    places[line + before * step] = static_cast<std::int32_t>(place);
  }
};

Verdict accepts_sort(const NodeView& node, const BuildOptions& options);
ForEachNumber<SortBody> make_sort_body(const NodeView& node);

}  // namespace keraunos::cuda
