#include "runtime/ops/broadcast.hpp"

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> Broadcast::infer(std::span<const TensorType> inputs,
                                         Demands& demands) const {
  const Shape& input = inputs[0].shape;
  if (input.size() > shape.size()) {
    fail(ErrorCode::shape_mismatch, "{} cannot be broadcast to {}", to_keras_string(input),
         to_keras_string(shape));
  }
  const std::size_t missing = shape.size() - input.size();
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    if (input[axis] == Dim(1)) continue;
    demands.equal(input[axis], shape[missing + axis], "an axis that is not 1 cannot be repeated");
  }
  return {{inputs[0].dtype, shape}};
}

std::string Broadcast::describe() const { return to_string(shape); }

}  // namespace keraunos
