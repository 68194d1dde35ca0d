#include "runtime/ops/pad.hpp"

#include <fmt/ranges.h>

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> Pad::infer(std::span<const TensorType> inputs, Demands&) const {
  const Shape& input = inputs[0].shape;
  if (inputs[0].dtype == DType::string) {
    fail(ErrorCode::unsupported, "padding strings is not supported");
  }
  if (input.size() != amounts.size()) {
    fail(ErrorCode::shape_mismatch, "padding of {} axes does not fit {}", amounts.size(),
         to_keras_string(input));
  }
  Shape output;
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    output.push_back(input[axis] + Dim(amounts[axis].before + amounts[axis].after));
  }
  return {{inputs[0].dtype, std::move(output)}};
}

std::string Pad::describe() const {
  std::vector<std::string> pairs;
  for (const PadAmounts& pad : amounts)
    pairs.push_back(fmt::format("{}+{}", pad.before, pad.after));
  return fmt::format("({})", fmt::join(pairs, ", "));
}

}  // namespace keraunos
