#pragma once

#include <string>

#include "kernels/reference/strides.hpp"
#include "runtime/backend/kernel.hpp"
#include "runtime/base/checked.hpp"

namespace keraunos {

/// The cells of a bound slice in its input: from `start` on with `strides`, which may be negative.
struct SliceWalk {
  Dims strides;
  std::int64_t start = 0;

  SliceWalk(const Slice& slice, const Dims& input) : strides(row_major_strides(input)) {
    for (std::size_t axis = 0; axis < strides.size(); ++axis) {
      const std::int64_t size = *slice.sizes[axis].constant();
      const bool moves = size > 1;  // else the step may be anything, as may the start for none
      if (size > 0) start += *slice.starts[axis].constant() * strides[axis];
      strides[axis] = moves ? strides[axis] * slice.steps[axis] : 0;
    }
  }
};

/// What every slice kernel asks for: that the input has every cell.
inline Verdict can_slice(const NodeView& node) {
  const Slice& slice = node.as<Slice>();
  for (std::size_t axis = 0; axis < slice.sizes.size(); ++axis) {
    const std::int64_t first = *slice.starts[axis].constant();
    const std::int64_t size = *slice.sizes[axis].constant();
    const std::int64_t cells = node.inputs[0].dims[axis];
    if (size == 0) continue;
    const auto way = try_multiply(size - 1, slice.steps[axis]);
    const auto last = way ? try_add(first, *way) : way;
    if (size < 0 || first < 0 || first >= cells || !last || *last < 0 || *last >= cells) {
      return Verdict::no("takes " + std::to_string(size) + " cells from " + std::to_string(first) +
                         " on with step " + std::to_string(slice.steps[axis]) +
                         " of an axis that has " + std::to_string(cells));
    }
  }
  return Verdict::yes();
}

}  // namespace keraunos
