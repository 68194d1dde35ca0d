#include "runtime/ops/conv.hpp"

#include <fmt/format.h>

#include "runtime/base/fail.hpp"
#include "runtime/ops/windows.hpp"

namespace keraunos {

std::vector<TensorType> Conv::infer(std::span<const TensorType> inputs, Demands& demands) const {
  const Shape& input = inputs[0].shape;
  const Shape& kernel = inputs[1].shape;
  if (input.size() != windows.size() + 2) {
    fail(ErrorCode::shape_mismatch, "a {}-D convolution wants an input of rank {}, got {}",
         windows.size(), windows.size() + 2, to_keras_string(input));
  }
  demands.equal(input.back(), kernel[windows.size()] * Dim(groups),
                "the input's channels must match the kernel's");
  Shape output = slide_windows(windows, input, demands);
  output.push_back(kernel.back());
  if (inputs.size() > 3 && inputs[3].shape != output) {
    fail(ErrorCode::shape_mismatch, "the residual is {}, the output {}",
         to_keras_string(inputs[3].shape), to_keras_string(output));
  }
  return {{inputs[0].dtype, std::move(output)}};
}

std::string Conv::describe() const {
  std::string text = to_string(windows);
  if (groups != 1) text += fmt::format(", groups {}", groups);
  if (!input_clamp.is_identity()) {
    text += fmt::format(", input in [{}, {}]", input_clamp.low, input_clamp.high);
  }
  if (!activation.is_identity()) text += ", " + activation.describe();
  return text;
}

}  // namespace keraunos
