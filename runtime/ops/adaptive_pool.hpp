#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ops/pool.hpp"
#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// Pools (batch, spatial..., channels) to given sizes: output cell i covers the input cells
/// floor(i*n/m) ... ceil((i+1)*n/m)-1, n the input's and m the output's size. Windows may overlap.
struct AdaptivePool {
  static constexpr std::string_view name = "AdaptivePool";

  PoolFn fn = PoolFn::average;
  std::vector<std::int64_t> sizes;  // one per spatial axis

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
