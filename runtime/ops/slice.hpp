#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// Picks cells `starts[i] + k * steps[i]`, k = 0 ... sizes[i]-1, on every axis: Python's slices,
/// flips (step -1) and crops. Starts and sizes may depend on the batch; every cell must exist.
struct Slice {
  static constexpr std::string_view name = "Slice";

  Shape starts;
  Shape sizes;
  std::vector<std::int64_t> steps;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
  Slice bind(const Binding& binding) const;
};

}  // namespace keraunos
