#include "runtime/ops/sort.hpp"

#include <fmt/format.h>

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> Sort::infer(std::span<const TensorType> inputs, Demands&) const {
  if (axis >= inputs[0].shape.size()) {
    fail(ErrorCode::shape_mismatch, "axis {} does not exist in {}", axis,
         to_keras_string(inputs[0].shape));
  }
  return {inputs[0], {DType::int32, inputs[0].shape}};
}

std::string Sort::describe() const {
  return fmt::format("axis {}{}", axis, descending ? ", descending" : "");
}

}  // namespace keraunos
