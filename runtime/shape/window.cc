#include "runtime/shape/window.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/checked.hpp"

namespace keraunos {

PadAmounts pad_amounts(const Window& window, std::int64_t input) {
  switch (window.padding) {
    case Padding::explicit_: return {window.pad_before, window.pad_after};
    case Padding::causal: return {window.extent() - 1, 0};
    case Padding::same: break;
  }
  const std::int64_t output = ceil_div(input, window.stride);
  const std::int64_t total =
      std::max<std::int64_t>((output - 1) * window.stride + window.extent() - input, 0);
  return {total / 2, total - total / 2};
}

Dim output_size(const Window& window, const Dim& input) {
  if (window.padding != Padding::explicit_) return ceil_div(input, window.stride);
  const Dim room = input + Dim(window.pad_before + window.pad_after - window.extent());
  return floor_div(room, window.stride) + Dim(1);
}

std::string to_string(const Window& window) {
  std::string text = fmt::format("{}", window.size);
  if (window.stride != 1) text += fmt::format("/{}", window.stride);
  if (window.dilation != 1) text += fmt::format("@{}", window.dilation);
  switch (window.padding) {
    case Padding::same: return text + " same";
    case Padding::causal: return text + " causal";
    case Padding::explicit_: break;
  }
  if (window.pad_before == 0 && window.pad_after == 0) return text + " valid";
  return text + fmt::format(" pad {}+{}", window.pad_before, window.pad_after);
}

}  // namespace keraunos
