#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

std::vector<float> numbers(const Config& config, std::string_view key, double fallback) {
  const auto found = config.find(key);
  if (!found) return {static_cast<float>(fallback)};
  if (!found->is_array()) return {static_cast<float>(found->as_double())};
  std::vector<float> values;
  for (const file::Json element : found->elements()) {
    values.push_back(static_cast<float>(element.as_double()));
  }
  return values;
}

// x * scale + offset; lists run along the last axis.
std::vector<ValueId> import_rescaling(LayerCall& call) {
  const ValueId input = call.float_input();
  std::vector<float> scale = numbers(call.config(), "scale", 1);
  std::vector<float> offset = numbers(call.config(), "offset", 0);
  if (scale.size() == 1 && offset.size() == 1) {
    return {call.emit(Unary{UnaryFn::linear, scale[0], offset[0]}, {input})};
  }
  const std::size_t count = std::max(scale.size(), offset.size());
  if (scale.size() == 1) scale.assign(count, scale[0]);
  if (offset.size() == 1) offset.assign(count, offset[0]);
  if (scale.size() != offset.size()) {
    fail(ErrorCode::malformed_file, "{} scales, but {} offsets", scale.size(), offset.size());
  }
  return {call.emit(Affine{call.rank(input) - 1},
                    {input, call.constant("scale", scale), call.constant("offset", offset)})};
}

// Keras computes in float and returns the images in their own dtype, rounded. What interpolation
// makes of integers stays within their range, unless the fill value does not.
ValueId back_to_integers(LayerCall& call, ValueId resized, DType dtype, const Resize& resize) {
  const bool small = dtype == DType::uint8 || dtype == DType::int8 || dtype == DType::uint16 ||
                     dtype == DType::int16 || dtype == DType::int32;
  const bool fits = resize.fill_value >= 0 && resize.fill_value <= 127;
  if (!small || !fits) {
    fail(ErrorCode::unsupported, "resizing {} images with fill_value {} is not supported",
         to_string(dtype), resize.fill_value);
  }
  return call.emit(Cast{dtype}, {call.emit(Unary{UnaryFn::round}, {resized})});
}

std::vector<ValueId> import_resizing(LayerCall& call) {
  const Config& config = call.config();
  call.require_rank(call.input(), 4);
  Resize resize;
  resize.height = config.integer("height", 1);
  resize.width = config.integer("width", 1);
  resize.interpolation = config.choice("interpolation", {"bilinear", "nearest"}) == "nearest"
                             ? Interpolation::nearest
                             : Interpolation::bilinear;
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
  const ValueId input = call.to_channels_last(call.float_input());
  const ValueId resized = call.from_channels_last(call.emit(resize, {input}));
  return {dtype == DType::float32 ? resized : back_to_integers(call, resized, dtype, resize)};
}

constexpr std::array classes = {
    LayerClass{"Rescaling", import_rescaling, MaskRule::pass},
    LayerClass{"Resizing", import_resizing},
};

}  // namespace

const std::span<const LayerClass> preprocessing_layers = classes;

}  // namespace keraunos::keras
