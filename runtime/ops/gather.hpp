#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// Picks slices of axis `axis` by number: numpy's take. Negative numbers count from the end, once;
/// any other outside the axis is an error at run time, as in Keras on the CPU.
///
///   data     (before..., n, after...)
///   indices  (any...), int32 or int64
///   output   (before..., any..., after...)
struct Gather {
  static constexpr std::string_view name = "Gather";

  std::size_t axis = 0;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

/// Picks single cells along `axis`: numpy's take_along_axis. Shapes broadcast on the other axes.
///
///   data     (..., n, ...)
///   indices  (..., m, ...), int32 or int64, of the same rank
///   output   (..., m, ...)
struct GatherAlong {
  static constexpr std::string_view name = "GatherAlong";

  std::size_t axis = 0;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
