#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// Sorts along `axis`, equal cells in their given order, NaN last (first where `descending`).
///
///   output 0  the sorted cells
///   output 1  their former places along the axis, int32
struct Sort {
  static constexpr std::string_view name = "Sort";

  std::size_t axis = 0;
  bool descending = false;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
