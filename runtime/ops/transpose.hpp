#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// Reorders axes: axis i of the output is axis `permutation[i]` of the input.
struct Transpose {
  static constexpr std::string_view name = "Transpose";

  std::vector<std::size_t> permutation;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;

  bool is_identity() const;
  friend bool operator==(const Transpose&, const Transpose&) = default;
};

/// (0, 2, 3, ..., 1) and back: between channels_first and channels_last.
Transpose channels_to_last(std::size_t rank);
Transpose channels_to_first(std::size_t rank);

}  // namespace keraunos
