#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// Joins two or more tensors of one dtype along `axis`; all other axes must match.
struct Concat {
  static constexpr std::string_view name = "Concat";

  std::size_t axis = 0;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
