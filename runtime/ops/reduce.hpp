#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

enum class ReduceFn {
  mean,
  max,  ///< NaN wins
};

/// Reduces `axes` (ascending, each once) to one cell.
struct Reduce {
  static constexpr std::string_view name = "Reduce";

  ReduceFn fn = ReduceFn::mean;
  std::vector<std::size_t> axes;
  bool keepdims = false;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
