#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

enum class BinaryFn { add, multiply };

std::string_view to_string(BinaryFn fn);

/// fn(a, b), elementwise with numpy's broadcasting: shapes are aligned at their last axes, and a
/// size of 1 (or a missing axis) repeats. Both inputs have one dtype.
struct Binary {
  static constexpr std::string_view name = "Binary";

  BinaryFn fn = BinaryFn::add;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const { return std::string(to_string(fn)); }
};

/// numpy's broadcast of two shapes.
Shape broadcast(const Shape& a, const Shape& b, Demands& demands);

}  // namespace keraunos
