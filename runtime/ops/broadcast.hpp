#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// Repeats axes of size 1, and missing ones in front, to `shape`: numpy's broadcast_to. Repeat,
/// Tile and UpSampling by nearest cells are this between two views.
struct Broadcast {
  static constexpr std::string_view name = "Broadcast";

  Shape shape;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
