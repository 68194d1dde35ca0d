#include "kernels/cuda/problem.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "kernels/cuda/own/float_element.hpp"
#include "runtime/ops/conv.hpp"

namespace keraunos::cuda {
namespace {

std::vector<WindowAxis> window_axes(const std::vector<Window>& windows, const Dims& input) {
  std::vector<WindowAxis> axes;
  if (windows.size() == 1) axes.emplace_back();  // cuDNN's images have at least two axes
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const Window& window = windows[i];
    const std::int64_t size = input[i + 1];
    const PadAmounts pad = pad_amounts(window, size);
    axes.push_back({size, window.size, window.stride, window.dilation, pad.before, pad.after});
  }
  return axes;
}

/// "28x28"
std::string sizes_to_string(const std::vector<WindowAxis>& axes) {
  std::vector<std::int64_t> sizes;
  for (const WindowAxis& axis : axes) sizes.push_back(axis.input);
  return fmt::format("{}", fmt::join(sizes, "x"));
}

std::string windows_to_string(const std::vector<WindowAxis>& axes) {
  std::vector<std::string> texts;
  for (const WindowAxis& axis : axes) {
    texts.push_back(fmt::format("{}/{}@{} pad {}+{}", axis.size, axis.stride, axis.dilation,
                                axis.pad_before, axis.pad_after));
  }
  return fmt::format("{}", fmt::join(texts, " x "));
}

ConvEpilogue epilogue_for(const NodeView& node) {
  const bool has_bias = node.inputs.size() > 2;
  return {.bias = has_bias,
          .residual = node.inputs.size() > 3,
          .relu = has_bias && node.as<Conv>().activation.is_plain_relu()};
}

}  // namespace

Verdict accept_data(DType dtype) {
  if (is_float_element(dtype)) return Verdict::yes();
  return Verdict::no(fmt::format("takes float32, float16 or bfloat16, not {}", to_string(dtype)));
}

Verdict accept_filled(const NodeView& node) {
  const auto is_empty = [](const TensorDesc& desc) { return desc.size() == 0; };
  if (std::any_of(node.inputs.begin(), node.inputs.end(), is_empty) || is_empty(node.outputs[0])) {
    return Verdict::no("takes no empty tensors");
  }
  return Verdict::yes();
}

Verdict accept_weights(const NodeView& node) {
  if (const Verdict verdict = accept_data(node.inputs[0].dtype); !verdict) return verdict;
  const std::size_t weights_end = std::min<std::size_t>(node.inputs.size(), 3);
  for (std::size_t i = 1; i < weights_end; ++i) {
    if (!node.is_constant(i)) return Verdict::no(fmt::format("input {} is not a weight", i));
    if (node.inputs[i].dtype != DType::float32) {
      return Verdict::no(
          fmt::format("takes weights in float32, not {}", to_string(node.inputs[i].dtype)));
    }
  }
  return accept_filled(node);
}

ConvProblem conv_problem(const NodeView& node, Precision precision) {
  const auto& conv = node.as<Conv>();
  const Dims& input = node.inputs[0].dims;
  ConvProblem problem;
  problem.batch = input.front();
  problem.axes = window_axes(conv.windows, input);
  problem.in_channels = input.back();
  problem.out_channels = node.outputs[0].dims.back();
  problem.groups = conv.groups;
  problem.epilogue = epilogue_for(node);
  problem.dtype = node.inputs[0].dtype;
  problem.tf32 = uses_tf32(problem.dtype, precision);
  problem.input_pitch = node.input_pitch(0);
  problem.output_pitch = node.output_pitch;
  return problem;
}

Unary remaining_activation(const Unary& activation, ConvEpilogue epilogue) {
  return epilogue.relu ? Unary{} : activation;
}

std::string to_string(const ConvProblem& problem) {
  const auto pitch = [](const char* name, std::int64_t cells) {
    return cells == 0 ? std::string() : fmt::format(", {} pitch {}", name, cells);
  };
  return fmt::format(
      "{}x{}x{} -> {}, {}, groups {}{}{}{}{}{}, {}", problem.batch, sizes_to_string(problem.axes),
      problem.in_channels, problem.out_channels, windows_to_string(problem.axes), problem.groups,
      problem.epilogue.residual ? ", residual" : "", problem.epilogue.bias ? ", bias" : "",
      problem.epilogue.relu ? ", relu" : "", pitch("input", problem.input_pitch),
      pitch("output", problem.output_pitch), problem.tf32 ? "tf32" : to_string(problem.dtype));
}

}  // namespace keraunos::cuda
