#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// The place of the largest (or smallest) cell along `axis` as int32; of several the first. As in
/// Keras on TensorFlow, NaN is passed over (0 where nothing else is there) and -0.0 is below 0.0.
/// The axis becomes 1 (`keepdims`) or goes.
struct ArgReduce {
  static constexpr std::string_view name = "ArgReduce";

  bool largest = true;
  std::size_t axis = 0;
  bool keepdims = false;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
