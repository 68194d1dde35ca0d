#include "runtime/ops/transpose.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> Transpose::infer(std::span<const TensorType> inputs, Demands&) const {
  const Shape& input = inputs[0].shape;
  std::vector<std::size_t> sorted = permutation;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i] != i || sorted.size() != input.size()) {
      fail(ErrorCode::shape_mismatch, "({}) is no permutation of the axes of {}",
           fmt::join(permutation, ", "), to_keras_string(input));
    }
  }
  Shape output;
  for (const std::size_t axis : permutation) output.push_back(input[axis]);
  return {{inputs[0].dtype, std::move(output)}};
}

std::string Transpose::describe() const {
  return fmt::format("({})", fmt::join(permutation, ", "));
}

bool Transpose::is_identity() const {
  return std::is_sorted(permutation.begin(), permutation.end());
}

Transpose channels_to_last(std::size_t rank) {
  Transpose result{std::vector<std::size_t>(rank)};
  std::iota(result.permutation.begin(), result.permutation.end(), 0);
  std::rotate(result.permutation.begin() + 1, result.permutation.begin() + 2,
              result.permutation.end());
  return result;
}

Transpose channels_to_first(std::size_t rank) {
  Transpose result{std::vector<std::size_t>(rank)};
  std::iota(result.permutation.begin(), result.permutation.end(), 0);
  std::rotate(result.permutation.begin() + 1, result.permutation.end() - 1,
              result.permutation.end());
  return result;
}

}  // namespace keraunos
