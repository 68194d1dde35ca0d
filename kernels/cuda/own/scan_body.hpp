#pragma once

#include <type_traits>

#include "kernels/cuda/own/row_split.hpp"
#include "kernels/reference/integers.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// Running sums or products along rows. Floats are held in double, integers wrap around.
template <typename Element>
struct ScanBody {
  ScanFn fn = ScanFn::sum;
  RowSplit split;
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    output = args.output<Element>();
  }

  std::int64_t count() const { return split.rows; }

  /// Each lane has a part of the row: it passes over it once for the total that the lanes after it
  /// begin with, and once more to write.
  template <typename Lanes>
  KERAUNOS_DEVICE void operator()(std::int64_t row, const Lanes& lanes) const {
    const std::int64_t start = split.row_index(row);
    const std::int64_t part = (split.length + lanes.count() - 1) / lanes.count();
    const std::int64_t first = smaller(lanes.index() * part, split.length);
    const std::int64_t last = smaller(first + part, split.length);
    Running total = neutral();
    for (std::int64_t i = first; i < last; ++i) total = next(total, load(start, i));
    Running running = total_before(total, lanes);
    for (std::int64_t i = first; i < last; ++i) {
      running = next(running, load(start, i));
      output[start + split.column_index(i)] =
          from_number<Element>(static_cast<Number<Element>>(running));
    }
  }

 private:
  using Running =
      std::conditional_t<std::is_floating_point_v<Number<Element>>, double, Number<Element>>;

  KERAUNOS_DEVICE Running neutral() const { return fn == ScanFn::sum ? 0 : 1; }

  KERAUNOS_DEVICE Running load(std::int64_t start, std::int64_t i) const {
    return to_number(input[start + split.column_index(i)]);
  }

  KERAUNOS_DEVICE Running next(Running running, Running value) const {
    if constexpr (std::is_integral_v<Running>) {
      return fn == ScanFn::sum ? reference::wrapping_add(running, value)
                               : reference::wrapping_multiply(running, value);
    } else {
      return fn == ScanFn::sum ? running + value : running * value;
    }
  }

  /// The totals of all lanes before this one.
  template <typename Lanes>
  KERAUNOS_DEVICE Running total_before(Running total, const Lanes& lanes) const {
    Running result = neutral();
    for (std::int64_t lane = 0; lane < lanes.count(); ++lane) {
      const Running its_total = lanes.reduce(lane == lanes.index() ? total : neutral(),
                                             [&](Running a, Running b) { return next(a, b); });
      if (lane < lanes.index()) result = next(result, its_total);
    }
    return result;
  }
};

using AnyScanBody =
    std::variant<ForEachFloat<ScanBody>, ScanBody<std::int32_t>, ScanBody<std::int64_t>>;

Verdict accepts_scan(const NodeView& node, const BuildOptions& options);
AnyScanBody make_scan_body(const NodeView& node);

}  // namespace keraunos::cuda
