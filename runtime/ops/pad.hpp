#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"
#include "runtime/shape/window.hpp"

namespace keraunos {

/// Surrounds a tensor with cells of `value`; one pair of amounts per axis.
struct Pad {
  static constexpr std::string_view name = "Pad";

  std::vector<PadAmounts> amounts;
  float value = 0;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
