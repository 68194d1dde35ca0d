#include "runtime/ops/gather.hpp"

#include <fmt/format.h>

#include "runtime/base/fail.hpp"

namespace keraunos {
namespace {

void check(const TensorType& data, const TensorType& indices, std::size_t axis) {
  if (indices.dtype != DType::int32 && indices.dtype != DType::int64) {
    fail(ErrorCode::invalid_argument, "indices are {}, int32 or int64 wanted",
         to_string(indices.dtype));
  }
  if (axis >= data.shape.size()) {
    fail(ErrorCode::shape_mismatch, "axis {} does not exist in {}", axis,
         to_keras_string(data.shape));
  }
}

}  // namespace

std::vector<TensorType> Gather::infer(std::span<const TensorType> inputs, Demands&) const {
  const TensorType& data = inputs[0];
  const TensorType& indices = inputs[1];
  check(data, indices, axis);
  Shape output(data.shape.begin(), data.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  output.insert(output.end(), indices.shape.begin(), indices.shape.end());
  output.insert(output.end(), data.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1,
                data.shape.end());
  return {{data.dtype, std::move(output)}};
}

std::string Gather::describe() const { return fmt::format("axis {}", axis); }

std::vector<TensorType> GatherAlong::infer(std::span<const TensorType> inputs,
                                           Demands& demands) const {
  const TensorType& data = inputs[0];
  const TensorType& indices = inputs[1];
  check(data, indices, axis);
  if (indices.shape.size() != data.shape.size()) {
    fail(ErrorCode::shape_mismatch, "indices {} must have the rank of {}",
         to_keras_string(indices.shape), to_keras_string(data.shape));
  }
  Shape output = indices.shape;
  for (std::size_t i = 0; i < output.size(); ++i) {
    if (i == axis) continue;
    output[i] = demands.broadcast(output[i], data.shape[i], "indices and data must match");
  }
  return {{data.dtype, std::move(output)}};
}

std::string GatherAlong::describe() const { return fmt::format("axis {}", axis); }

}  // namespace keraunos
