#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

enum class NormFn {
  standard,   ///< (x - mean) / sqrt(variance + epsilon), population variance
  rms,        ///< x / sqrt(mean(x*x) + epsilon)
  deviation,  ///< x / sqrt(variance + epsilon): Keras's LayerNormalization(rms_scaling=True)
  l2,         ///< x / sqrt(max(sum(x*x), epsilon))
};

/// Divides by a statistic over `axes` together (ascending, each once), computed for each cell of
/// the other axes. Scale and shift, where a layer has them, are ops of their own behind it.
struct Norm {
  static constexpr std::string_view name = "Norm";

  NormFn fn = NormFn::standard;
  std::vector<std::size_t> axes;
  float epsilon = 1e-3F;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
