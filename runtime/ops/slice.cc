#include "runtime/ops/slice.hpp"

#include <fmt/ranges.h>

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> Slice::infer(std::span<const TensorType> inputs, Demands& demands) const {
  const Shape& input = inputs[0].shape;
  if (starts.size() != input.size() || sizes.size() != input.size() ||
      steps.size() != input.size()) {
    fail(ErrorCode::shape_mismatch, "a slice of {} axes of {}", starts.size(),
         to_keras_string(input));
  }
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    demands.positive(sizes[axis] + Dim(1), "a slice ends before it starts");
  }
  return {{inputs[0].dtype, sizes}};
}

std::string Slice::describe() const {
  std::vector<std::string> axes;
  for (std::size_t axis = 0; axis < starts.size(); ++axis) {
    axes.push_back(
        fmt::format("{}+{}*{}", starts[axis].to_string(), sizes[axis].to_string(), steps[axis]));
  }
  return fmt::format("{}", fmt::join(axes, ", "));
}

Slice Slice::bind(const Binding& binding) const {
  return {make_shape(evaluate(starts, binding)), make_shape(evaluate(sizes, binding)), steps};
}

}  // namespace keraunos
