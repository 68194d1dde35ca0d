#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ops/windows.hpp"

namespace keraunos {

enum class PoolFn {
  max,      ///< padding never wins; NaN does
  average,  ///< over the cells inside the input: padded cells are not counted
};

/// Pooling over the spatial axes of (batch, spatial..., channels).
struct Pool {
  static constexpr std::string_view name = "Pool";

  PoolFn fn = PoolFn::max;
  std::vector<Window> windows;  // one per spatial axis

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
