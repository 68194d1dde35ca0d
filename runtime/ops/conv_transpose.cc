#include "runtime/ops/conv_transpose.hpp"

#include <fmt/format.h>

#include "runtime/base/fail.hpp"
#include "runtime/ops/windows.hpp"

namespace keraunos {

std::vector<TensorType> ConvTranspose::infer(std::span<const TensorType> inputs,
                                             Demands& demands) const {
  const Shape& input = inputs[0].shape;
  const Shape& kernel = inputs[1].shape;
  if (input.size() != windows.size() + 2 || kernel.size() != windows.size() + 2) {
    fail(ErrorCode::shape_mismatch, "a transposed convolution over {} axes of {} with {}",
         windows.size(), to_keras_string(input), to_keras_string(kernel));
  }
  demands.equal(input.back(), kernel.back(), "the channels of the input must match the kernel's");
  Shape output = {input[0]};
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Window& window = windows[i];
    output.push_back((input[i + 1] - Dim(1)) * Dim(window.stride) +
                     Dim(window.extent() - window.pad_before - window.pad_after));
    demands.positive(output.back(), "a transposed convolution makes at least one cell");
  }
  output.push_back(kernel[kernel.size() - 2]);
  return {{inputs[0].dtype, std::move(output)}};
}

std::string ConvTranspose::describe() const {
  const std::string windows_text = to_string(windows);
  return activation.is_identity() ? windows_text
                                  : fmt::format("{}, {}", windows_text, activation.describe());
}

}  // namespace keraunos
