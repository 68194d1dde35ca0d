#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// condition ? a : b, elementwise with numpy's broadcasting. `condition` is bool; a and b have one
/// dtype, any.
struct Select {
  static constexpr std::string_view name = "Select";
  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
