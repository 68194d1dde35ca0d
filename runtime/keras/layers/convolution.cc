#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/windows.hpp"

namespace keraunos::keras {
namespace {

Shape window_sizes(const std::vector<Window>& windows) {
  Shape sizes;
  for (const Window& window : windows) sizes.emplace_back(window.size);
  return sizes;
}

// Adds bias and activation to a convolution and puts the channel axis back where the layer has it.
std::vector<ValueId> finish(LayerCall& call, Conv conv, std::vector<ValueId> operands,
                            const Dim& filters) {
  if (call.config().flag_or("use_bias", true)) operands.push_back(call.weight("bias", {filters}));
  // The activation comes last: softmax works on the last axis of the layer's own layout.
  const ValueId output = call.emit(std::move(conv), std::move(operands));
  return {call.activate(call.from_channels_last(output))};
}

template <std::size_t spatial_rank>
std::vector<ValueId> import_conv(LayerCall& call) {
  call.require_rank(call.input(), spatial_rank + 2);
  const ValueId input = call.to_channels_last(call.float_input());
  const Dim filters(call.config().integer("filters", 1));
  const std::int64_t groups = call.config().integer_or("groups", 1, 1);
  const auto windows = conv_windows(call.config(), spatial_rank);

  const bool strided = std::any_of(windows.begin(), windows.end(),
                                   [](const Window& window) { return window.stride > 1; });
  const bool dilated = std::any_of(windows.begin(), windows.end(),
                                   [](const Window& window) { return window.dilation > 1; });
  if (strided && dilated) {
    fail(ErrorCode::unsupported, "strides and dilation_rate are both above 1, which Keras refuses");
  }
  const Dim& channels = call.shape(input).back();
  const auto channel_count = channels.constant();
  if ((channel_count && *channel_count % groups != 0) || *filters.constant() % groups != 0) {
    fail(ErrorCode::shape_mismatch, "{} groups do not divide {} input channels and {} filters",
         groups, channels.to_string(), filters.to_string());
  }
  Shape kernel = window_sizes(windows);
  kernel.push_back(floor_div(channels, groups));
  kernel.push_back(filters);
  const ValueId weight = call.weight("kernel", kernel);
  return finish(call, Conv{windows, groups, {}}, {input, weight}, filters);
}

std::vector<ValueId> import_depthwise_conv2d(LayerCall& call) {
  constexpr std::size_t spatial_rank = 2;
  call.require_rank(call.input(), spatial_rank + 2);
  const ValueId input = call.to_channels_last(call.float_input());
  const auto channels = call.shape(input).back().constant();
  if (!channels) fail(ErrorCode::unsupported, "the number of input channels must be known");

  const std::int64_t multiplier = call.config().integer_or("depth_multiplier", 1, 1);
  const auto windows = conv_windows(call.config(), spatial_rank);
  Shape kernel = window_sizes(windows);
  kernel.emplace_back(*channels);
  kernel.emplace_back(multiplier);
  const Dim filters(*channels * multiplier);
  // (h, w, in, multiplier) read as (h, w, 1, in*multiplier): the same bytes in the same order.
  const ValueId weight = call.weight("kernel", kernel);
  Shape grouped = window_sizes(windows);
  grouped.emplace_back(1);
  grouped.push_back(filters);
  return finish(call, Conv{windows, *channels, {}}, {input, call.reshaped(weight, grouped)},
                filters);
}

constexpr std::array classes = {
    LayerClass{"Conv1D", import_conv<1>},
    LayerClass{"Conv2D", import_conv<2>},
    LayerClass{"DepthwiseConv2D", import_depthwise_conv2d},
};

}  // namespace

const std::span<const LayerClass> convolution_layers = classes;

}  // namespace keraunos::keras
