#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// y = x * scale + shift, with one scale and one shift per cell of `axis`: BatchNormalization at
/// inference, Rescaling with lists.
///
///   input  (..., n at axis, ...)
///   scale  (n)
///   shift  (n)
struct Affine {
  static constexpr std::string_view name = "Affine";

  std::size_t axis = 0;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
