#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// Converts elements as numpy's `astype` does; not between strings and numbers.
struct Cast {
  static constexpr std::string_view name = "Cast";

  DType dtype = DType::float32;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const { return "to " + std::string(to_string(dtype)); }
};

}  // namespace keraunos
