#include "runtime/keras/layers/convolution.hpp"

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/windows.hpp"

namespace keraunos::keras {

Shape window_sizes(const std::vector<Window>& windows) {
  Shape sizes;
  for (const Window& window : windows) sizes.emplace_back(window.size);
  return sizes;
}

void refuse_strides_with_dilations(const std::vector<Window>& windows) {
  const bool strided = std::any_of(windows.begin(), windows.end(),
                                   [](const Window& window) { return window.stride > 1; });
  const bool dilated = std::any_of(windows.begin(), windows.end(),
                                   [](const Window& window) { return window.dilation > 1; });
  if (strided && dilated) {
    fail(ErrorCode::unsupported, "strides and dilation_rate are both above 1, which Keras refuses");
  }
}

void refuse_groups(const Config& config) {
  if (const auto groups = config.integer_or("groups", 1, 1); groups != 1) {
    fail(ErrorCode::unsupported, "key 'groups': {} is not supported; 1 is", groups);
  }
}

std::vector<ValueId> finish_convolution(LayerCall& call, Op conv, std::vector<ValueId> operands,
                                        const Dim& filters) {
  if (call.config().flag_or("use_bias", true)) operands.push_back(call.weight("bias", {filters}));
  // The activation comes last: softmax works on the last axis of the layer's own layout.
  const ValueId output = call.emit(std::move(conv), std::move(operands));
  return {call.activate(call.from_channels_last(output))};
}

namespace {

template <std::size_t spatial_rank>
std::vector<ValueId> import_conv(LayerCall& call) {
  call.require_rank(call.input(), spatial_rank + 2);
  const ValueId input = call.to_channels_last(call.float_input());
  const Dim filters(call.config().integer("filters", 1));
  const std::int64_t groups = call.config().integer_or("groups", 1, 1);
  const auto windows = conv_windows(call.config(), spatial_rank);
  refuse_strides_with_dilations(windows);

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
  return finish_convolution(call, Conv{windows, groups, {}}, {input, weight}, filters);
}

/// A depthwise convolution and what it works on.
struct Depthwise {
  Conv conv;
  std::vector<ValueId> operands;  // input and kernel
  Dim channels;                   // of the result: channel c * multiplier + m
};

Depthwise depthwise(LayerCall& call, std::size_t spatial_rank, std::string_view kernel_name) {
  call.require_rank(call.input(), spatial_rank + 2);
  refuse_groups(call.config());
  const ValueId input = call.to_channels_last(call.float_input());
  const Dim input_channels = call.shape(input).back();
  const std::int64_t multiplier = call.config().integer_or("depth_multiplier", 1, 1);
  const auto windows = conv_windows(call.config(), spatial_rank);
  Shape kernel = window_sizes(windows);
  kernel.push_back(input_channels);
  kernel.emplace_back(multiplier);
  const ValueId weight = call.weight(kernel_name, kernel);
  const auto channels = input_channels.constant();
  if (!channels) fail(ErrorCode::unsupported, "the number of input channels must be known");
  const Dim filters = Dim(*channels) * Dim(multiplier);
  // (h, w, in, multiplier) read as (h, w, 1, in*multiplier): the same bytes in the same order.
  Shape grouped = window_sizes(windows);
  grouped.emplace_back(1);
  grouped.push_back(filters);
  return {Conv{windows, *channels, {}}, {input, call.reshaped(weight, grouped)}, filters};
}

template <std::size_t spatial_rank>
std::vector<ValueId> import_depthwise_conv(LayerCall& call) {
  Depthwise made = depthwise(call, spatial_rank, "kernel");
  return finish_convolution(call, std::move(made.conv), std::move(made.operands), made.channels);
}

template <std::size_t spatial_rank>
std::vector<ValueId> import_separable_conv(LayerCall& call) {
  const Dim filters(call.config().integer("filters", 1));
  Depthwise made = depthwise(call, spatial_rank, "depthwise_kernel");
  const ValueId spread = call.emit(std::move(made.conv), std::move(made.operands));
  Shape kernel(spatial_rank, Dim(1));
  kernel.push_back(made.channels);
  kernel.push_back(filters);
  const ValueId weight = call.weight("pointwise_kernel", kernel);
  return finish_convolution(call, Conv{std::vector<Window>(spatial_rank), 1, {}}, {spread, weight},
                            filters);
}

constexpr std::array classes = {
    LayerClass{"Conv1D", import_conv<1>},
    LayerClass{"Conv2D", import_conv<2>},
    LayerClass{"Conv3D", import_conv<3>},
    LayerClass{"DepthwiseConv1D", import_depthwise_conv<1>},
    LayerClass{"DepthwiseConv2D", import_depthwise_conv<2>},
    LayerClass{"SeparableConv1D", import_separable_conv<1>},
    LayerClass{"SeparableConv2D", import_separable_conv<2>},
};

}  // namespace

const std::span<const LayerClass> convolution_layers = classes;

}  // namespace keraunos::keras
