#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

enum class ScanFn { sum, prod };

/// Running sums or products along `axis`, each cell included: numpy's cumsum and cumprod. float32,
/// int32 or int64.
struct Scan {
  static constexpr std::string_view name = "Scan";

  ScanFn fn = ScanFn::sum;
  std::size_t axis = 0;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
