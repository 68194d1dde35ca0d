#include <algorithm>
#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/functions/functions.hpp"
#include "runtime/shape/window.hpp"

// tf.nn: convolutions, pooling and what else looks at neighbours.

namespace keraunos::keras {
namespace {

using file::Json;

// An image (batch, spatial..., channels); TensorFlow's other layout is refused.
Real image(LayerCall& call) {
  const Real input = first_tensor(call);
  const std::size_t rank = call.rank(input.value);
  if (rank < 3 || rank > 5) {
    fail(ErrorCode::shape_mismatch, "expects an image of rank 3 to 5, got {}",
         to_keras_string(call.shape(input.value)));
  }
  text_parameter(call, "data_format", "", {"NWC", "NHWC", "NDHWC"});
  return {input.dtype, call.as_float(input.value)};
}

std::size_t spatial_rank(const LayerCall& call, const Real& image) {
  return call.rank(image.value) - 2;
}

// A number for each spatial axis: written as one for all, one each, or with 1 for batch and
// channels around them.
std::vector<std::int64_t> per_axis(const std::optional<Json>& json, std::string_view name,
                                   std::size_t rank) {
  std::vector<std::int64_t> numbers;
  if (json && json->is_array()) {
    for (const Json number : json->elements()) numbers.push_back(to_integer(number, 1));
  } else {
    numbers.push_back(json ? to_integer(*json, 1) : 1);
  }
  if (numbers.size() == 1) numbers.assign(rank, numbers[0]);
  if (numbers.size() == rank + 2 && numbers.front() == 1 && numbers.back() == 1) {
    numbers = std::vector(numbers.begin() + 1, numbers.end() - 1);
  }
  if (numbers.size() != rank) {
    fail(ErrorCode::unsupported, "called with {}={}; {} numbers are supported", name,
         json->dump(60), rank);
  }
  return numbers;
}

std::vector<std::int64_t> per_axis(const LayerCall& call, std::string_view name,
                                   std::string_view other, std::size_t rank) {
  return per_axis(constant_parameter(call, name, other), name, rank);
}

// "SAME", "VALID", or [[before, after], ...] for all axes.
void set_padding(const LayerCall& call, std::vector<Window>& windows) {
  const auto padding = constant_parameter(call, "padding");
  const std::size_t rank = windows.size();
  const bool listed = padding && padding->is_array() && padding->size() == rank + 2;
  if (!listed) {
    const std::string name = call.argument("padding") == nullptr
                                 ? "VALID"
                                 : text_parameter(call, "padding", "", {"SAME", "VALID"});
    for (Window& window : windows) {
      window.padding = name == "SAME" ? Padding::same : Padding::explicit_;
    }
    return;
  }
  for (std::size_t i = 0; i < rank; ++i) {
    const Json amounts = (*padding)[i + 1];
    windows[i].pad_before = to_integer(amounts[0], 0);
    windows[i].pad_after = to_integer(amounts[1], 0);
  }
}

// Convolutions -----------------------------------------------------------------------------------

ValueId kernel_parameter(LayerCall& call, std::string_view name, std::string_view other) {
  const bool first = call.argument(name) != nullptr;
  return as_computed(call, operand(call, first ? name : other, LayerCall::no_position),
                     DType::float32);
}

// Windows of a kernel (sizes..., in, out).
std::vector<Window> kernel_windows(LayerCall& call, ValueId kernel, std::size_t rank) {
  call.require_rank(kernel, rank + 2);
  const Shape sizes = call.shape(kernel);
  const auto strides = per_axis(call, "strides", "stride", rank);
  const bool rate = call.argument("rate") != nullptr;
  const auto dilations = per_axis(call, rate ? "rate" : "dilations", "dilation_rate", rank);
  std::vector<Window> windows(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    windows[i].size = known_size(sizes[i], "a kernel's size");
    windows[i].stride = strides[i];
    windows[i].dilation = dilations[i];
  }
  set_padding(call, windows);
  ignore_parameters(call, {"use_cudnn_on_gpu"});
  return windows;
}

ValueId convolve(LayerCall& call, ValueId input, ValueId kernel) {
  const std::size_t rank = call.rank(input) - 2;
  const auto windows = kernel_windows(call, kernel, rank);
  const std::int64_t channels = known_size(call.shape(input).back(), "the channels");
  const std::int64_t depth = known_size(call.shape(kernel)[rank], "a kernel's depth");
  if (depth < 1 || channels % depth != 0) {
    fail(ErrorCode::shape_mismatch, "a kernel of depth {} for {} channels", depth, channels);
  }
  return call.emit(Conv{windows, channels / depth, {}}, {input, kernel});
}

std::vector<ValueId> import_convolution(LayerCall& call) {
  const Real input = image(call);
  const ValueId kernel = kernel_parameter(call, "filters", "filter");
  return result_of(call, input, convolve(call, input.value, kernel));
}

// (sizes..., in, multiplier) is (sizes..., 1, in*multiplier) unchanged.
ValueId depthwise(LayerCall& call, ValueId input, ValueId kernel) {
  const std::size_t rank = call.rank(input) - 2;
  call.require_rank(kernel, rank + 2);
  Shape shape = call.shape(kernel);
  shape.back() = shape[rank] * shape.back();
  shape[rank] = Dim(1);
  return convolve(call, input, call.view(kernel, std::move(shape)));
}

std::vector<ValueId> import_depthwise_conv(LayerCall& call) {
  const Real input = image(call);
  const ValueId kernel = kernel_parameter(call, "filter", "filters");
  return result_of(call, input, depthwise(call, input.value, kernel));
}

std::vector<ValueId> import_separable_conv(LayerCall& call) {
  const Real input = image(call);
  const ValueId spread =
      depthwise(call, input.value, kernel_parameter(call, "depthwise_filter", "filter"));
  const ValueId pointwise = kernel_parameter(call, "pointwise_filter", "filters");
  const std::vector<Window> single(spatial_rank(call, input));
  return result_of(call, input, call.emit(Conv{single, 1, {}}, {spread, pointwise}));
}

// output_shape says what a stride leaves open; the batch among its numbers counts for nothing.
std::vector<ValueId> import_conv_transpose(LayerCall& call) {
  const Real input = image(call);
  const std::size_t rank = spatial_rank(call, input);
  const ValueId kernel = kernel_parameter(call, "filters", "filter");
  auto windows = kernel_windows(call, kernel, rank);
  const Argument* const sizes = call.argument("output_shape");
  const std::size_t count = sizes == nullptr  ? 0
                            : sizes->constant ? sizes->constant->size()
                                              : sizes->items.size();
  if (count != rank + 2) {
    fail(ErrorCode::unsupported, "called with output_shape={}; {} numbers are supported",
         sizes == nullptr ? "None" : sizes->describe(), rank + 2);
  }
  for (std::size_t i = 0; i < rank; ++i) {
    const auto size =
        sizes->constant ? std::optional((*sizes->constant)[i + 1]) : sizes->items[i + 1].constant;
    if (!size) {
      fail(ErrorCode::unsupported,
           "called with output_shape={}; heights and widths must be "
           "numbers",
           sizes->describe());
    }
    Window& window = windows[i];
    const std::int64_t output = to_integer(*size, 1);
    const bool same = window.padding == Padding::same;
    const std::int64_t span = same ? output : std::max<std::int64_t>(output - window.extent(), 0);
    const std::int64_t steps = same ? (span - 1) / window.stride : span / window.stride;
    const std::int64_t cut = steps * window.stride + window.extent() - output;
    window.padding = Padding::explicit_;
    window.pad_before = same ? std::max<std::int64_t>(cut, 0) / 2 : 0;
    window.pad_after = cut - window.pad_before;
  }
  return result_of(call, input, call.emit(ConvTranspose{windows, {}}, {input.value, kernel}));
}

// Pooling ----------------------------------------------------------------------------------------

std::vector<ValueId> pool(LayerCall& call, PoolFn fn, std::string_view size_name) {
  const Real input = image(call);
  const std::size_t rank = spatial_rank(call, input);
  const auto sizes = per_axis(call, size_name, size_name, rank);
  const auto strides = per_axis(call, "strides", "strides", rank);
  const auto dilations = per_axis(call, "dilations", "dilation_rate", rank);
  Pool op{fn, std::vector<Window>(rank)};
  for (std::size_t i = 0; i < rank; ++i) {
    op.windows[i].size = sizes[i];
    op.windows[i].stride = strides[i];
    if (dilations[i] != 1) {
      fail(ErrorCode::unsupported, "called with dilations of {}; 1 is supported", dilations[i]);
    }
  }
  set_padding(call, op.windows);
  return result_of(call, input, call.emit(std::move(op), {input.value}));
}

template <PoolFn fn>
std::vector<ValueId> import_pool(LayerCall& call) {
  return pool(call, fn, "ksize");
}

std::vector<ValueId> import_pool_of_type(LayerCall& call) {
  const bool largest = text_parameter(call, "pooling_type", "MAX", {"MAX", "AVG"}) == "MAX";
  return pool(call, largest ? PoolFn::max : PoolFn::average, "window_shape");
}

// Channels ---------------------------------------------------------------------------------------

// x / (bias + alpha * sum of the squares of 2*radius+1 channels) ^ beta
std::vector<ValueId> import_local_response_normalization(LayerCall& call) {
  constexpr std::int64_t most_channels = 4096;
  const Real input = image(call);
  const std::int64_t radius = integer_parameter(call, "depth_radius", 0, 5);
  const std::int64_t channels = known_size(call.shape(input.value).back(), "the channels");
  if (channels > most_channels) {
    fail(ErrorCode::unsupported, "called on {} channels; up to {} are supported", channels,
         most_channels);
  }
  std::vector<float> near;
  near.reserve(static_cast<std::size_t>(channels * channels));
  for (std::int64_t i = 0; i < channels * channels; ++i) {
    near.push_back(std::abs(i / channels - i % channels) <= radius ? 1.0F : 0.0F);
  }
  const ValueId band = call.constant("neighbours", {channels, channels}, near);
  const ValueId sums = call.emit(MatMul{}, {unary(call, UnaryFn::square, input.value), band});
  const auto bias = static_cast<float>(number_parameter(call, "bias", 1));
  const auto alpha = static_cast<float>(number_parameter(call, "alpha", 1));
  const ValueId power = call.binary(BinaryFn::power, linear(call, sums, alpha, bias),
                                    call.scalar(number_parameter(call, "beta", 0.5)));
  return result_of(call, input, call.binary(BinaryFn::divide, input.value, power));
}

std::vector<ValueId> import_crelu(LayerCall& call) {
  const Real x = first_tensor(call);
  const std::size_t rank = call.rank(x.value);
  const std::size_t axis = axis_parameter(call, "axis", rank).value_or(normalize_axis(-1, rank));
  const ValueId both = concat(call, {x.value, unary(call, UnaryFn::negative, x.value)}, axis);
  return result_of(call, x, call.emit(relu(), {both}));
}

constexpr std::array functions = {
    LayerClass{"nn.avg_pool", import_pool<PoolFn::average>},
    LayerClass{"nn.avg_pool1d", import_pool<PoolFn::average>},
    LayerClass{"nn.avg_pool2d", import_pool<PoolFn::average>},
    LayerClass{"nn.avg_pool3d", import_pool<PoolFn::average>},
    LayerClass{"nn.max_pool", import_pool<PoolFn::max>},
    LayerClass{"nn.max_pool1d", import_pool<PoolFn::max>},
    LayerClass{"nn.max_pool2d", import_pool<PoolFn::max>},
    LayerClass{"nn.max_pool3d", import_pool<PoolFn::max>},
    LayerClass{"nn.pool", import_pool_of_type},
    LayerClass{"nn.conv1d", import_convolution},
    LayerClass{"nn.conv2d", import_convolution},
    LayerClass{"nn.conv3d", import_convolution},
    LayerClass{"nn.convolution", import_convolution},
    LayerClass{"nn.depthwise_conv2d", import_depthwise_conv},
    LayerClass{"nn.separable_conv2d", import_separable_conv},
    LayerClass{"nn.conv1d_transpose", import_conv_transpose},
    LayerClass{"nn.conv2d_transpose", import_conv_transpose},
    LayerClass{"nn.conv3d_transpose", import_conv_transpose},
    LayerClass{"nn.local_response_normalization", import_local_response_normalization},
    LayerClass{"nn.lrn", import_local_response_normalization},
    LayerClass{"nn.crelu", import_crelu},
};

}  // namespace

const std::span<const LayerClass> tf_window_functions = functions;

}  // namespace keraunos::keras
