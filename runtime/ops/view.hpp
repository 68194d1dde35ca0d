#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// The same bytes under another shape: Flatten, Reshape, squeezing. Never copies, never launches.
struct View {
  static constexpr std::string_view name = "View";

  Shape shape;  // of the result; its element count must be the input's

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
