#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/windows.hpp"
#include "runtime/keras/operations/families.hpp"

// Convolutions and pooling.

namespace keraunos::keras {
namespace {

// What a window operation is called on, channels last, and its dtype.
struct Image {
  DType dtype;
  ValueId value;
  std::size_t spatial_rank;
};

Image image_input(LayerCall& call) {
  const Operand inputs = strong_operand(call, "inputs", 0);
  const DType dtype = float_result(inputs.type.dtype);
  const ValueId value = as_computed(call, inputs, dtype);
  const std::size_t rank = call.rank(value);
  if (rank < 3 || rank > 5) {
    fail(ErrorCode::shape_mismatch, "expects an input of rank 3 to 5, got {}",
         to_keras_string(call.shape(value)));
  }
  return {dtype, call.to_channels_last(value), rank - 2};
}

std::vector<ValueId> image_output(LayerCall& call, const Image& image, ValueId value) {
  return {call.cast(call.from_channels_last(value), image.dtype)};
}

std::vector<std::int64_t> sizes_option(const LayerCall& call, std::string_view key,
                                       std::size_t count) {
  if (!call.config().find(key)) return std::vector<std::int64_t>(count, 1);
  return call.config().integers(key, count, 1);
}

Padding padding_option(const LayerCall& call) {
  return padding_of(call.config(), {"valid", "same"});
}

// The windows of a kernel (sizes..., in, out).
std::vector<Window> windows_of_kernel(LayerCall& call, const Image& image, const Shape& kernel) {
  if (kernel.size() != image.spatial_rank + 2) {
    fail(ErrorCode::shape_mismatch, "a kernel of {} for an image of {}", to_keras_string(kernel),
         to_keras_string(call.shape(image.value)));
  }
  const auto strides = sizes_option(call, "strides", image.spatial_rank);
  const auto dilations = sizes_option(call, "dilation_rate", image.spatial_rank);
  const Padding padding = padding_option(call);
  std::vector<Window> windows;
  for (std::size_t i = 0; i < image.spatial_rank; ++i) {
    const std::int64_t size = known_size(kernel[i], "a kernel's size");
    if (size < 1) fail(ErrorCode::shape_mismatch, "a kernel of {}", to_keras_string(kernel));
    windows.push_back({size, strides[i], dilations[i], padding, 0, 0});
  }
  return windows;
}

ValueId convolve(LayerCall& call, const Image& image, ValueId kernel) {
  const Shape shape = call.shape(kernel);
  const auto windows = windows_of_kernel(call, image, shape);
  const std::int64_t channels = known_size(call.shape(image.value).back(), "the channels");
  const std::int64_t depth = known_size(shape[image.spatial_rank], "a kernel's depth");
  if (depth < 1 || channels % depth != 0) {
    fail(ErrorCode::shape_mismatch, "a kernel of depth {} for {} channels", depth, channels);
  }
  return call.emit(Conv{windows, channels / depth, {}}, {image.value, kernel});
}

ValueId kernel_operand(LayerCall& call, std::string_view name, std::size_t position) {
  return as_stored(call, strong_operand(call, name, position), DType::float32);
}

std::vector<ValueId> import_conv(LayerCall& call) {
  const Image image = image_input(call);
  return image_output(call, image, convolve(call, image, kernel_operand(call, "kernel", 1)));
}

// (sizes..., in, multiplier) is (sizes..., 1, in*multiplier) unchanged.
ValueId depthwise(LayerCall& call, const Image& image, ValueId kernel) {
  Shape shape = call.shape(kernel);
  if (shape.size() != image.spatial_rank + 2 ||
      shape[image.spatial_rank] != call.shape(image.value).back()) {
    fail(ErrorCode::shape_mismatch, "a depthwise kernel of {} for an image of {}",
         to_keras_string(shape), to_keras_string(call.shape(image.value)));
  }
  shape.back() = shape[image.spatial_rank] * shape.back();
  shape[image.spatial_rank] = Dim(1);
  return convolve(call, image, call.view(kernel, std::move(shape)));
}

std::vector<ValueId> import_depthwise_conv(LayerCall& call) {
  const Image image = image_input(call);
  return image_output(call, image, depthwise(call, image, kernel_operand(call, "kernel", 1)));
}

std::vector<ValueId> import_separable_conv(LayerCall& call) {
  const Image image = image_input(call);
  const ValueId spread = depthwise(call, image, kernel_operand(call, "depthwise_kernel", 1));
  const ValueId pointwise = kernel_operand(call, "pointwise_kernel", 2);
  const std::vector<Window> single(image.spatial_rank);
  return image_output(call, image, call.emit(Conv{single, 1, {}}, {spread, pointwise}));
}

// Pooling ----------------------------------------------------------------------------------------

template <PoolFn fn>
std::vector<ValueId> import_pool(LayerCall& call) {
  const Image image = image_input(call);
  const auto sizes = call.config().integers("pool_size", image.spatial_rank, 1);
  const auto strides = call.config().find("strides")
                           ? call.config().integers("strides", image.spatial_rank, 1)
                           : sizes;
  const Padding padding = padding_option(call);
  Pool pool{fn, {}};
  for (std::size_t i = 0; i < image.spatial_rank; ++i) {
    pool.windows.push_back({sizes[i], strides[i], 1, padding, 0, 0});
  }
  return image_output(call, image, call.emit(std::move(pool), {image.value}));
}

template <PoolFn fn>
std::vector<ValueId> import_adaptive_pool(LayerCall& call) {
  const Image image = image_input(call);
  const auto sizes = call.config().integers("output_size", image.spatial_rank, 1);
  return image_output(call, image, call.emit(AdaptivePool{fn, sizes}, {image.value}));
}

constexpr std::array classes = {
    LayerClass{"Conv", import_conv},
    LayerClass{"DepthwiseConv", import_depthwise_conv},
    LayerClass{"SeparableConv", import_separable_conv},
    LayerClass{"MaxPool", import_pool<PoolFn::max>},
    LayerClass{"AveragePool", import_pool<PoolFn::average>},
    LayerClass{"AdaptiveMaxPool", import_adaptive_pool<PoolFn::max>},
    LayerClass{"AdaptiveAveragePool", import_adaptive_pool<PoolFn::average>},
};

}  // namespace

const std::span<const LayerClass> window_operations = classes;

}  // namespace keraunos::keras
