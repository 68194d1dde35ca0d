#include "kernels/cuda/problem.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runtime/ops/conv.hpp"
#include "runtime/ops/pool.hpp"

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

ConvEpilogue epilogue_for(bool has_bias, const Unary& activation) {
  if (!has_bias) return ConvEpilogue::none;
  return activation.is_plain_relu() ? ConvEpilogue::bias_and_relu : ConvEpilogue::bias;
}

}  // namespace

Verdict accept_float32_weights(const NodeView& node) {
  for (const auto descs : {node.inputs, node.outputs}) {
    for (const TensorDesc& desc : descs) {
      if (desc.dtype != DType::float32) {
        return Verdict::no(fmt::format("takes float32, not {}", to_string(desc.dtype)));
      }
      if (desc.size() == 0) return Verdict::no("takes no empty tensors");
    }
  }
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    if (!node.is_constant(i)) return Verdict::no(fmt::format("input {} is not a weight", i));
  }
  return Verdict::yes();
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
  problem.epilogue = epilogue_for(node.inputs.size() > 2, conv.activation);
  problem.precision = precision;
  problem.dtype = node.inputs[0].dtype;
  return problem;
}

Unary remaining_activation(const Unary& activation, ConvEpilogue epilogue) {
  return epilogue == ConvEpilogue::bias_and_relu ? Unary{} : activation;
}

PoolProblem pool_problem(const NodeView& node) {
  const auto& pool = node.as<Pool>();
  const Dims& input = node.inputs[0].dims;
  PoolProblem problem;
  problem.max = pool.fn == PoolFn::max;
  problem.batch = input.front();
  problem.axes = window_axes(pool.windows, input);
  problem.channels = input.back();
  problem.dtype = node.inputs[0].dtype;
  return problem;
}

std::string to_string(const ConvProblem& problem) {
  constexpr const char* epilogues[] = {"", ", bias", ", bias, relu"};
  return fmt::format("{}x{}x{} -> {}, {}, groups {}{}, {}", problem.batch,
                     sizes_to_string(problem.axes), problem.in_channels, problem.out_channels,
                     windows_to_string(problem.axes), problem.groups,
                     epilogues[static_cast<int>(problem.epilogue)],
                     problem.precision == Precision::tf32 ? "tf32" : to_string(problem.dtype));
}

std::string to_string(const PoolProblem& problem) {
  return fmt::format("{} {}x{}x{}, {}, {}", problem.max ? "max" : "average", problem.batch,
                     sizes_to_string(problem.axes), problem.channels,
                     windows_to_string(problem.axes), to_string(problem.dtype));
}

void pack_filter(const float* src, float* dst, std::int64_t rows, std::int64_t columns) {
  constexpr std::int64_t tile = 32;  // keeps both sides of the transposition in the cache
  for (std::int64_t row = 0; row < rows; row += tile) {
    for (std::int64_t column = 0; column < columns; column += tile) {
      for (std::int64_t c = column; c < std::min(column + tile, columns); ++c) {
        for (std::int64_t r = row; r < std::min(row + tile, rows); ++r) {
          dst[c * rows + r] = src[r * columns + c];
        }
      }
    }
  }
}

}  // namespace keraunos::cuda
