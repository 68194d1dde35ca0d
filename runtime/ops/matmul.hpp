#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/ops/unary.hpp"

namespace keraunos {

/// Multiplies the last axis with a matrix: Keras's Dense on any rank.
///
///   input   (..., rows)
///   matrix  (rows, columns)
///   bias    (columns), optional third input
///   output  (..., columns) = activation(input @ matrix + bias)
struct MatMul {
  static constexpr std::string_view name = "MatMul";

  Unary activation;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
