#include "runtime/ops/affine.hpp"

#include <fmt/format.h>

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> Affine::infer(std::span<const TensorType> inputs, Demands& demands) const {
  const Shape& input = inputs[0].shape;
  if (axis >= input.size()) {
    fail(ErrorCode::shape_mismatch, "axis {} does not exist in {}", axis, to_keras_string(input));
  }
  demands.equal(input[axis], inputs[1].shape[0],
                fmt::format("axis {} of the input must match the statistics", axis));
  return {inputs[0]};
}

std::string Affine::describe() const { return fmt::format("axis {}", axis); }

}  // namespace keraunos
