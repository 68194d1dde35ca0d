#include <algorithm>
#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

// Images by themselves, (height, width, channels), are a batch of one.
ValueId as_batch(LayerCall& call, ValueId images) {
  const Shape shape = call.shape(images);
  if (shape.size() == 4) return images;
  if (shape.size() != 3) {
    fail(ErrorCode::shape_mismatch, "expects images of rank 3 or 4, got {}",
         to_keras_string(shape));
  }
  return call.view(images, {1, shape[0], shape[1], shape[2]});
}

ValueId without_batch(LayerCall& call, ValueId images) {
  const Shape shape = call.shape(images);
  return call.view(images, {shape[1], shape[2], shape[3]});
}

// work(channels-last batch of float32 images), with batch axis and layout put back.
template <typename Work>
ValueId on_images(LayerCall& call, ValueId images, Work&& work) {
  const bool single = call.rank(images) == 3;
  const ValueId batch = call.to_channels_last(as_batch(call, call.as_float(images)));
  const ValueId result = call.from_channels_last(work(batch));
  return single ? without_batch(call, result) : result;
}

// Resizing ---------------------------------------------------------------------------------------

struct Limits {
  float least;
  float most;
};

/// What float32 can hold of an integer dtype's range.
Limits limits_of(DType dtype) {
  const bool is_signed = dtype == DType::int8 || dtype == DType::int16 || dtype == DType::int32 ||
                         dtype == DType::int64;
  const int digits = static_cast<int>(size_of(dtype)) * 8 - (is_signed ? 1 : 0);
  const float end = std::ldexp(1.0F, digits);
  return {is_signed ? -end : 0.0F, digits <= 24 ? end - 1 : std::nextafter(end, 0.0F)};
}

// Keras computes in float32 and returns the images in their own dtype: rounded, and what the
// interpolation overshoots cut off.
ValueId back_to_integers(LayerCall& call, ValueId resized, DType dtype, const Resize& resize) {
  const Limits limits = limits_of(dtype);
  if (dtype == DType::boolean || resize.fill_value < limits.least ||
      resize.fill_value > limits.most) {
    fail(ErrorCode::unsupported, "resizing {} images with fill_value {} is not supported",
         to_string(dtype), resize.fill_value);
  }
  ValueId value = call.emit(Unary{UnaryFn::round}, {resized});
  const bool overshoots = resize.interpolation != Interpolation::nearest &&
                          resize.interpolation != Interpolation::bilinear;
  if (overshoots || size_of(dtype) > 2) {
    value = call.binary(BinaryFn::maximum, value, call.scalar(limits.least));
    value = call.binary(BinaryFn::minimum, value, call.scalar(limits.most));
  }
  return call.cast(value, dtype);
}

Interpolation interpolation_of(const Config& config) {
  const std::string name =
      config.choice("interpolation", {"bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"});
  for (const Interpolation it : {Interpolation::nearest, Interpolation::bicubic,
                                 Interpolation::lanczos3, Interpolation::lanczos5}) {
    if (name == to_string(it)) return it;
  }
  return Interpolation::bilinear;
}

Resize target_size(const Config& config) {
  Resize resize;
  resize.height = config.integer("height", 1);
  resize.width = config.integer("width", 1);
  return resize;
}

std::vector<ValueId> import_resizing(LayerCall& call) {
  const Config& config = call.config();
  Resize resize = target_size(config);
  resize.interpolation = interpolation_of(config);
  resize.antialias = config.flag_or("antialias", false);
  const bool crop = config.flag_or("crop_to_aspect_ratio", false);
  const bool pad = config.flag_or("pad_to_aspect_ratio", false);
  if (crop && pad) {
    fail(ErrorCode::malformed_file, "crop_to_aspect_ratio and pad_to_aspect_ratio are both set");
  }
  if (crop) resize.aspect_ratio = AspectRatio::crop;
  if (pad) resize.aspect_ratio = AspectRatio::pad;
  static_cast<void>(config.choice("fill_mode", {"constant"}));
  resize.fill_value = static_cast<float>(config.number_or("fill_value", 0));

  const DType dtype = call.dtype(call.input());
  const ValueId resized =
      on_images(call, call.input(), [&](ValueId images) { return call.emit(resize, {images}); });
  return {is_floating(dtype) ? resized : back_to_integers(call, resized, dtype, resize)};
}

// Crops ------------------------------------------------------------------------------------------

// Where both sides are known to be large enough nothing is interpolated.
ValueId crop_centre(LayerCall& call, ValueId images, const Resize& resize) {
  const Shape shape = call.shape(images);
  const auto height = shape[1].constant();
  const auto width = shape[2].constant();
  if (!height || !width || *height < *resize.height.constant() ||
      *width < *resize.width.constant()) {
    return call.emit(resize, {images});
  }
  Slice slice{{0, floor_div(shape[1] - resize.height, 2), floor_div(shape[2] - resize.width, 2), 0},
              {shape[0], resize.height, resize.width, shape[3]},
              {1, 1, 1, 1}};
  return call.emit(std::move(slice), {images});
}

std::vector<ValueId> import_center_crop(LayerCall& call) {
  Resize resize = target_size(call.config());
  resize.aspect_ratio = AspectRatio::center_crop;
  return {on_images(call, call.input(),
                    [&](ValueId images) { return crop_centre(call, images, resize); })};
}

// Since Keras 3.8 identity at inference; before, a resized centre of the target's shape.
std::vector<ValueId> import_random_crop(LayerCall& call) {
  Resize resize = target_size(call.config());
  const KerasVersion& version = call.version();
  if (version.major > 3 || (version.major == 3 && version.minor >= 8)) return {call.input()};
  resize.aspect_ratio = AspectRatio::crop;
  return {
      on_images(call, call.input(), [&](ValueId images) { return call.emit(resize, {images}); })};
}

// Augmentation -----------------------------------------------------------------------------------

// What only training reads.
constexpr std::array<std::string_view, 32> augmentation_keys = {"factor",
                                                                "height_factor",
                                                                "width_factor",
                                                                "x_factor",
                                                                "y_factor",
                                                                "value_range",
                                                                "mode",
                                                                "data_format",
                                                                "bounding_box_format",
                                                                "fill_mode",
                                                                "fill_value",
                                                                "interpolation",
                                                                "alpha",
                                                                "num_chains",
                                                                "chain_depth",
                                                                "all_ops",
                                                                "rate",
                                                                "num_ops",
                                                                "geometric",
                                                                "scale",
                                                                "brightness_factor",
                                                                "contrast_factor",
                                                                "saturation_factor",
                                                                "hue_factor",
                                                                "kernel_size",
                                                                "sigma",
                                                                "addition_factor",
                                                                "threshold_factor",
                                                                "bins",
                                                                "max_number",
                                                                "start_points",
                                                                "end_points"};

void read_augmentation_keys(LayerCall& call) {
  if (call.input_count() != 1) {
    fail(ErrorCode::unsupported, "called on {} tensors; one tensor of images is supported",
         call.input_count());
  }
  for (const std::string_view key : augmentation_keys) static_cast<void>(call.config().find(key));
}

// These change images while training only.
std::vector<ValueId> import_augmentation(LayerCall& call) {
  read_augmentation_keys(call);
  return {call.input()};
}

// The same, but integers come out as floats.
std::vector<ValueId> import_float_augmentation(LayerCall& call) {
  read_augmentation_keys(call);
  return {call.float_input()};
}

ValueId between_ranges(LayerCall& call, ValueId value, std::pair<double, double> from,
                       std::pair<double, double> to) {
  if (from == to) return value;
  const auto width = static_cast<float>(from.second - from.first);
  value = call.emit(Unary{UnaryFn::linear, 1, static_cast<float>(-from.first)}, {value});
  value = call.binary(BinaryFn::divide, value, call.scalar(width));
  return call.emit(Unary{UnaryFn::linear, static_cast<float>(to.second - to.first),
                         static_cast<float>(to.first)},
                   {value});
}

std::pair<double, double> value_range(const Config& config) {
  const auto found = config.find("value_range");
  if (!found) return {0, 255};
  if (!found->is_array() || found->size() != 2) {
    fail(ErrorCode::malformed_file, "key 'value_range': {} is no pair", found->dump(60));
  }
  return std::minmax({(*found)[0].as_double(), (*found)[1].as_double()});
}

// Stretches each channel of each image over the whole range; flat channels, whose scale would be
// infinite, stay. Axes 1 and 2 are reduced in either layout, as in Keras.
std::vector<ValueId> import_auto_contrast(LayerCall& call) {
  constexpr std::pair<double, double> bytes = {0, 255};
  const std::pair<double, double> range = value_range(call.config());
  static_cast<void>(call.channels_first());
  const bool single = call.rank(call.input()) == 3;
  const ValueId original = as_batch(call, call.float_input());
  ValueId value = between_ranges(call, original, range, bytes);
  const ValueId low = call.emit(Reduce{ReduceFn::min, {1, 2}, true}, {value});
  const ValueId high = call.emit(Reduce{ReduceFn::max, {1, 2}, true}, {value});
  const ValueId scale =
      call.binary(BinaryFn::divide, call.scalar(255), call.binary(BinaryFn::subtract, high, low));
  const ValueId offset = call.binary(BinaryFn::multiply, low, scale);
  value = call.binary(BinaryFn::subtract, call.binary(BinaryFn::multiply, value, scale), offset);
  value = call.binary(BinaryFn::maximum, value, call.scalar(0));
  value = call.binary(BinaryFn::minimum, value, call.scalar(255));
  value = between_ranges(call, value, bytes, range);
  const ValueId flat = call.emit(Unary{UnaryFn::is_nan}, {value});
  const ValueId result = call.emit(Select{}, {flat, original, value});
  return {single ? without_batch(call, result) : result};
}

constexpr std::array classes = {
    LayerClass{"Resizing", import_resizing},
    LayerClass{"CenterCrop", import_center_crop},
    LayerClass{"RandomCrop", import_random_crop},
    LayerClass{"AutoContrast", import_auto_contrast},
    LayerClass{"AugMix", import_float_augmentation},
    LayerClass{"CutMix", import_float_augmentation},
    LayerClass{"Equalization", import_augmentation},
    LayerClass{"MaxNumBoundingBoxes", import_augmentation},
    LayerClass{"MixUp", import_augmentation},
    LayerClass{"RandAugment", import_float_augmentation},
    LayerClass{"RandomBrightness", import_augmentation},
    LayerClass{"RandomColorDegeneration", import_augmentation},
    LayerClass{"RandomColorJitter", import_augmentation},
    LayerClass{"RandomContrast", import_augmentation},
    LayerClass{"RandomElasticTransform", import_float_augmentation},
    LayerClass{"RandomErasing", import_float_augmentation},
    LayerClass{"RandomFlip", import_float_augmentation},
    LayerClass{"RandomGaussianBlur", import_float_augmentation},
    LayerClass{"RandomGrayscale", import_augmentation},
    LayerClass{"RandomHeight", import_float_augmentation},
    LayerClass{"RandomHue", import_augmentation},
    LayerClass{"RandomInvert", import_augmentation},
    LayerClass{"RandomPerspective", import_float_augmentation},
    LayerClass{"RandomPosterization", import_augmentation},
    LayerClass{"RandomRotation", import_float_augmentation},
    LayerClass{"RandomSaturation", import_augmentation},
    LayerClass{"RandomSharpness", import_float_augmentation},
    LayerClass{"RandomShear", import_float_augmentation},
    LayerClass{"RandomTranslation", import_float_augmentation},
    LayerClass{"RandomWidth", import_float_augmentation},
    LayerClass{"RandomZoom", import_float_augmentation},
    LayerClass{"Solarization", import_float_augmentation},
};

}  // namespace

const std::span<const LayerClass> image_preprocessing_layers = classes;

}  // namespace keraunos::keras
