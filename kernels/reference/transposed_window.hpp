#pragma once

#include "kernels/reference/sliding.hpp"

namespace keraunos {

/// The input cell that reaches output cell `o` of a transposed convolution through window cell `k`;
/// -1 where there is none. `axis.pad.before` counts the cells cut from the front.
inline std::int64_t source_cell(const SlidingAxis& axis, std::int64_t o, std::int64_t k) {
  const std::int64_t scaled = o + axis.pad.before - k * axis.dilation;
  if (scaled < 0 || scaled % axis.stride != 0) return -1;
  const std::int64_t cell = scaled / axis.stride;
  return axis.inside(cell) ? cell : -1;
}

}  // namespace keraunos
