#include "runtime/ops/matmul.hpp"

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> MatMul::infer(std::span<const TensorType> inputs, Demands& demands) const {
  Shape output = inputs[0].shape;
  const Shape& matrix = inputs[1].shape;
  if (output.size() < 2 || matrix.size() != 2) {
    fail(ErrorCode::shape_mismatch,
         "a matrix product wants an input of rank 2 or more and a matrix, got {} and {}",
         to_keras_string(output), to_keras_string(matrix));
  }
  demands.equal(output.back(), matrix[0],
                "the last axis of the input must match the rows of the kernel");
  output.back() = matrix[1];
  return {{inputs[0].dtype, std::move(output)}};
}

std::string MatMul::describe() const {
  return activation.is_identity() ? "" : activation.describe();
}

}  // namespace keraunos
