#include "runtime/ops/arg_reduce.hpp"

#include <fmt/format.h>

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> ArgReduce::infer(std::span<const TensorType> inputs,
                                         Demands& demands) const {
  Shape output = inputs[0].shape;
  if (axis >= output.size()) {
    fail(ErrorCode::shape_mismatch, "axis {} does not exist in {}", axis, to_keras_string(output));
  }
  demands.positive(output[axis], "a reduction wants at least one cell");
  output[axis] = Dim(1);
  if (!keepdims) output.erase(output.begin() + static_cast<std::ptrdiff_t>(axis));
  return {{DType::int32, std::move(output)}};
}

std::string ArgReduce::describe() const {
  return fmt::format("{} over {}{}", largest ? "max" : "min", axis, keepdims ? ", keepdims" : "");
}

}  // namespace keraunos
