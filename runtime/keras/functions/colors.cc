#include "runtime/keras/operations/colors.hpp"
#include "runtime/base/fail.hpp"
#include "runtime/keras/functions/images.hpp"

// tf.image: from colours to colours, the last axis of any tensor.

namespace keraunos::keras {
namespace {

// Sums of three channels with fixed weights, (3, outputs).
template <std::size_t outputs>
std::vector<ValueId> mixed(LayerCall& call, const std::array<float, 3 * outputs>& weights) {
  const Real image = first_tensor(call);
  require_colors(call, image.value);
  const ValueId kernel = call.constant("weights", {3, static_cast<std::int64_t>(outputs)},
                                       std::vector<float>(weights.begin(), weights.end()));
  return result_of(call, image, call.emit(MatMul{}, {image.value, kernel}));
}

std::vector<ValueId> import_rgb_to_yuv(LayerCall& call) {
  return mixed<3>(call, {0.299F, -0.14714119F, 0.61497538F, 0.587F, -0.28886916F, -0.51496512F,
                         0.114F, 0.43601035F, -0.10001026F});
}
std::vector<ValueId> import_yuv_to_rgb(LayerCall& call) {
  return mixed<3>(call, {1, 1, 1, 0, -0.394642334F, 2.03206185F, 1.13988303F, -0.58062185F, 0});
}
std::vector<ValueId> import_rgb_to_yiq(LayerCall& call) {
  return mixed<3>(call, {0.299F, 0.59590059F, 0.2115F, 0.587F, -0.27455667F, -0.52273617F, 0.114F,
                         -0.32134392F, 0.31119955F});
}
std::vector<ValueId> import_yiq_to_rgb(LayerCall& call) {
  return mixed<3>(call, {1, 1, 1, 0.95598634F, -0.27201283F, -1.10674021F, 0.6208248F, -0.64720424F,
                         1.70423049F});
}

std::vector<ValueId> import_rgb_to_grayscale(LayerCall& call) {
  const Operand image = operand(call, "", 0);
  const DType dtype = image.type.dtype;
  const DType held = is_floating(dtype) ? dtype : DType::float32;
  const ValueId floats =
      call.as_float(converted_image(call, as_stored(call, image), dtype, held, false));
  require_colors(call, floats);
  const ValueId weights = call.constant("weights", {3, 1}, {0.2989F, 0.5870F, 0.1140F});
  const ValueId gray = call.cast(call.emit(MatMul{}, {floats, weights}), held);
  return {converted_image(call, gray, held, dtype, false)};
}

std::vector<ValueId> import_grayscale_to_rgb(LayerCall& call) {
  const ValueId image = as_stored(call, operand(call, "", 0));
  Shape shape = call.shape(image);
  if (shape.empty() || shape.back() != Dim(1)) {
    fail(ErrorCode::shape_mismatch, "expects one channel, got {}", to_keras_string(shape));
  }
  shape.back() = Dim(3);
  return {broadcast_to(call, image, std::move(shape))};
}

template <ValueId (*convert)(LayerCall&, ValueId)>
std::vector<ValueId> import_conversion(LayerCall& call) {
  const Real image = first_tensor(call);
  return result_of(call, image, convert(call, image.value));
}

// Changes one channel of (hue, saturation, value).
template <typename Change>
std::vector<ValueId> in_hsv(LayerCall& call, std::size_t channel, Change change) {
  const Real image = first_tensor(call);
  if (!is_floating(image.dtype)) {
    fail(ErrorCode::unsupported, "called on {}; floats are supported", to_string(image.dtype));
  }
  const ValueId hsv = rgb_to_hsv(call, image.value);
  auto channels = color_channels(call, hsv);
  channels[channel] = change(channels[channel]);
  const std::size_t last = call.rank(hsv) - 1;
  return result_of(call, image,
                   hsv_to_rgb(call, concat(call, {channels[0], channels[1], channels[2]}, last)));
}

std::vector<ValueId> import_adjust_hue(LayerCall& call) {
  const auto delta = static_cast<float>(number_parameter(call, "delta"));
  return in_hsv(call, 0, [&](ValueId hue) {
    return call.binary(BinaryFn::mod, linear(call, hue, 1, delta), call.scalar(1));
  });
}

std::vector<ValueId> import_adjust_saturation(LayerCall& call) {
  const auto factor = static_cast<float>(number_parameter(call, "saturation_factor"));
  return in_hsv(call, 1, [&](ValueId saturation) {
    const ValueId most =
        call.binary(BinaryFn::minimum, linear(call, saturation, factor, 0), call.scalar(1));
    return call.binary(BinaryFn::maximum, most, call.scalar(0));
  });
}

constexpr std::array functions = {
    LayerClass{"image.rgb_to_grayscale", import_rgb_to_grayscale},
    LayerClass{"image.grayscale_to_rgb", import_grayscale_to_rgb},
    LayerClass{"image.rgb_to_hsv", import_conversion<rgb_to_hsv>},
    LayerClass{"image.hsv_to_rgb", import_conversion<hsv_to_rgb>},
    LayerClass{"image.rgb_to_yuv", import_rgb_to_yuv},
    LayerClass{"image.yuv_to_rgb", import_yuv_to_rgb},
    LayerClass{"image.rgb_to_yiq", import_rgb_to_yiq},
    LayerClass{"image.yiq_to_rgb", import_yiq_to_rgb},
    LayerClass{"image.adjust_hue", import_adjust_hue},
    LayerClass{"image.adjust_saturation", import_adjust_saturation},
};

}  // namespace

const std::span<const LayerClass> tf_color_functions = functions;

}  // namespace keraunos::keras
