#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/convolution.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/windows.hpp"

namespace keraunos::keras {
namespace {

// The cells that "output_padding" adds behind the last window, which Keras wants fewer than the
// stride; nothing where the layer leaves the size of its output to the padding.
std::vector<std::optional<std::int64_t>> output_paddings(const Config& config,
                                                         const std::vector<Window>& windows) {
  std::vector<std::optional<std::int64_t>> paddings(windows.size());
  if (!config.find("output_padding")) return paddings;
  const auto amounts = config.integers("output_padding", windows.size(), 0);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (amounts[i] >= windows[i].stride) {
      fail(ErrorCode::malformed_file, "key 'output_padding': {} is not less than the stride {}",
           amounts[i], windows[i].stride);
    }
    paddings[i] = amounts[i];
  }
  return paddings;
}

// How many cells of the whole result Keras cuts off. From n cells it makes, with e cells from the
// first to the last of the window, stride s and output_padding o,
//   valid    (n-1)*s + max(e, s), or (n-1)*s + e + o
//   same     (n-1)*s + s,         or (n-1)*s + e%2 + o
// and of what "same" cuts, the odd cell goes at the end.
Window with_cuts(Window window, std::optional<std::int64_t> output_padding) {
  const std::int64_t extent = window.extent();
  std::int64_t behind_last_start = 0;
  if (window.padding == Padding::same) {
    behind_last_start = output_padding ? extent % 2 + *output_padding : window.stride;
    window.pad_before = std::max<std::int64_t>(extent - behind_last_start, 0) / 2;
  } else {
    behind_last_start = output_padding ? extent + *output_padding : std::max(extent, window.stride);
  }
  window.padding = Padding::explicit_;
  window.pad_after = extent - behind_last_start - window.pad_before;
  return window;
}

template <std::size_t spatial_rank>
std::vector<ValueId> import_conv_transpose(LayerCall& call) {
  call.require_rank(call.input(), spatial_rank + 2);
  const ValueId input = call.to_channels_last(call.float_input());
  const Dim filters(call.config().integer("filters", 1));
  refuse_groups(call.config());
  auto windows = conv_windows(call.config(), spatial_rank);
  refuse_strides_with_dilations(windows);
  const auto paddings = output_paddings(call.config(), windows);
  for (std::size_t i = 0; i < spatial_rank; ++i) {
    if (windows[i].padding == Padding::causal) {
      fail(ErrorCode::unsupported, "key 'padding': 'causal' is not supported");
    }
    windows[i] = with_cuts(windows[i], paddings[i]);
  }
  Shape kernel = window_sizes(windows);
  kernel.push_back(filters);
  kernel.push_back(call.shape(input).back());
  const ValueId weight = call.weight("kernel", kernel);
  return finish_convolution(call, ConvTranspose{std::move(windows), {}}, {input, weight}, filters);
}

constexpr std::array classes = {
    LayerClass{"Conv1DTranspose", import_conv_transpose<1>},
    LayerClass{"Conv2DTranspose", import_conv_transpose<2>},
    LayerClass{"Conv3DTranspose", import_conv_transpose<3>},
};

}  // namespace

const std::span<const LayerClass> transposed_convolution_layers = classes;

}  // namespace keraunos::keras
