#include "runtime/ops/concat.hpp"

#include <fmt/format.h>

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> Concat::infer(std::span<const TensorType> inputs, Demands& demands) const {
  TensorType output = inputs[0];
  for (const TensorType& input : inputs.subspan(1)) {
    if (input.shape.size() != output.shape.size() || input.dtype != output.dtype) {
      fail(ErrorCode::shape_mismatch, "cannot concatenate {} {} and {} {}", to_string(output.dtype),
           to_keras_string(output.shape), to_string(input.dtype), to_keras_string(input.shape));
    }
    for (std::size_t i = 0; i < output.shape.size(); ++i) {
      Dim& size = output.shape[i];
      size = i == axis
                 ? size + input.shape[i]
                 : demands.equal(size, input.shape[i],
                                 fmt::format("axis {} of concatenated tensors must match", i));
    }
  }
  return {std::move(output)};
}

std::string Concat::describe() const { return fmt::format("axis {}", axis); }

}  // namespace keraunos
