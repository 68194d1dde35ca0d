#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// Matrix products of the last two axes; the axes before them broadcast as in numpy. Both operands
/// are made at run time (MatMul is the one with a weight), though constants are taken too.
///
///   a       (..., m, k), or (..., k, m) with transpose_a
///   b       (..., k, n), or (..., n, k) with transpose_b
///   output  (..., m, n)
struct BatchMatMul {
  static constexpr std::string_view name = "BatchMatMul";

  bool transpose_a = false;
  bool transpose_b = false;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
