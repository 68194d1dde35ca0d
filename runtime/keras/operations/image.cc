#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/colors.hpp"
#include "runtime/keras/operations/families.hpp"
#include "runtime/keras/operations/images.hpp"
#include "runtime/keras/operations/size_options.hpp"

// keras.ops.image without patches, filters and transforms, and the operations that move cells
// between channels and places.

namespace keraunos::keras {
namespace {

Interpolation to_interpolation(const std::string& name) {
  for (const Interpolation each :
       {Interpolation::nearest, Interpolation::bilinear, Interpolation::bicubic,
        Interpolation::lanczos3, Interpolation::lanczos5}) {
    if (to_string(each) == name) return each;
  }
  fail(ErrorCode::unsupported, "key 'interpolation': '{}' is not supported", name);
}

// Nearest cells keep the dtype; everything else becomes float32.
std::vector<ValueId> import_resize(LayerCall& call) {
  const Images images(call);
  const Config& config = call.config();
  Shape size = required_sizes(call, "size");
  if (size.size() == 1) size.push_back(size[0]);
  if (size.size() != 2) {
    fail(ErrorCode::malformed_file, "key 'size': {} numbers, 2 wanted", size.size());
  }
  config.choice("fill_mode", {"constant"});
  const bool crop = config.flag_or("crop_to_aspect_ratio", false);
  const bool pad = config.flag_or("pad_to_aspect_ratio", false);
  if (crop && pad) fail(ErrorCode::malformed_file, "cannot crop and pad to the aspect ratio");
  const Interpolation interpolation =
      to_interpolation(config.string_or("interpolation", "bilinear"));
  const Resize resize{size[0],
                      size[1],
                      interpolation,
                      config.flag_or("antialias", false),
                      crop  ? AspectRatio::crop
                      : pad ? AspectRatio::pad
                            : AspectRatio::stretch,
                      static_cast<float>(config.number_or("fill_value", 0))};
  ValueId output = call.emit(resize, {call.as_float(images.value)});
  if (interpolation == Interpolation::nearest) output = call.cast(output, images.dtype);
  return images.result(call, output);
}

std::vector<ValueId> import_rgb_to_grayscale(LayerCall& call) {
  const Images images(call);
  const Dim channels = call.shape(images.value).back();
  if (channels == Dim(1)) return images.result(call, images.value);
  const DType held = float_result(images.dtype);
  const ValueId weights = call.constant("luminance", {3, 1}, {0.2989F, 0.5870F, 0.1140F});
  const ValueId value = call.as_float(call.cast(images.value, held));
  return images.result(call, call.cast(call.emit(MatMul{}, {value, weights}), images.dtype));
}

template <ValueId (*convert)(LayerCall&, ValueId)>
std::vector<ValueId> import_colors(LayerCall& call) {
  const Images images(call);
  return images.result(
      call, call.cast(convert(call, call.as_float(images.value)), float_result(images.dtype)));
}

// Borders ----------------------------------------------------------------------------------------

std::optional<std::int64_t> amount(const LayerCall& call, const char* key) {
  if (!call.config().find(key)) return std::nullopt;
  return call.config().integer(key, 0);
}

// Of what is before, behind, and the size in the end, two are given.
struct Borders {
  Dim before;
  Dim after;
  Dim target;

  /// `sign` is 1 where borders are added and -1 where they are cut.
  Borders(const Dim& size, std::optional<std::int64_t> first, std::optional<std::int64_t> last,
          std::optional<std::int64_t> wanted, std::int64_t sign) {
    if (int{first.has_value()} + int{last.has_value()} + int{wanted.has_value()} < 2) {
      fail(ErrorCode::malformed_file, "two of the borders and the size in the end are wanted");
    }
    const Dim change = wanted ? (Dim(*wanted) - size) * Dim(sign) : Dim(0);
    before = first ? Dim(*first) : change - Dim(*last);
    after = last ? Dim(*last) : change - before;
    target = wanted ? Dim(*wanted) : size + (before + after) * Dim(sign);
  }
};

std::vector<ValueId> import_pad_images(LayerCall& call) {
  const Images images(call);
  const Shape shape = call.shape(images.value);
  const Borders rows(shape[1], amount(call, "top_padding"), amount(call, "bottom_padding"),
                     amount(call, "target_height"), 1);
  const Borders columns(shape[2], amount(call, "left_padding"), amount(call, "right_padding"),
                        amount(call, "target_width"), 1);
  Pad pad{std::vector<PadAmounts>(4), 0};
  const auto amounts = [](const Borders& borders) {
    const PadAmounts result{known_size(borders.before, "a border"),
                            known_size(borders.after, "a border")};
    if (result.before < 0 || result.after < 0) {
      fail(ErrorCode::shape_mismatch, "borders of {} and {} cells", result.before, result.after);
    }
    return result;
  };
  pad.amounts[1] = amounts(rows);
  pad.amounts[2] = amounts(columns);
  return images.result(call, call.emit(std::move(pad), {images.value}));
}

std::vector<ValueId> import_crop_images(LayerCall& call) {
  const Images images(call);
  const Shape shape = call.shape(images.value);
  const Borders rows(shape[1], amount(call, "top_cropping"), amount(call, "bottom_cropping"),
                     amount(call, "target_height"), -1);
  const Borders columns(shape[2], amount(call, "left_cropping"), amount(call, "right_cropping"),
                        amount(call, "target_width"), -1);
  const ValueId high = slice(call, images.value, 1, rows.before, rows.target);
  return images.result(call, slice(call, high, 2, columns.before, columns.target));
}

// Channels and places ----------------------------------------------------------------------------

// Splits the axes of (batch, height, width, channels) and moves the parts.
template <bool to_space>
std::vector<ValueId> import_space_and_depth(LayerCall& call) {
  const Images images(call, "x");
  const std::int64_t block = call.config().integer("block_size", 2);
  const Dim size(block);
  const Shape shape = call.shape(images.value);
  const Dim cells = size * size;
  Shape parts;
  Shape result;
  if (to_space) {
    const Dim depth = floor_div(shape[3], *cells.constant());
    parts = {shape[0], shape[1], shape[2], size, size, depth};
    result = {shape[0], shape[1] * size, shape[2] * size, depth};
  } else {
    const Dim rows = floor_div(shape[1], block);
    const Dim columns = floor_div(shape[2], block);
    parts = {shape[0], rows, size, columns, size, shape[3]};
    result = {shape[0], rows, columns, cells * shape[3]};
  }
  const ValueId split = call.view(images.value, std::move(parts));
  // The swap undoes itself: one order serves both ways.
  const ValueId moved = transpose(call, split, {0, 1, 3, 2, 4, 5});
  return images.result(call, call.view(moved, std::move(result)));
}

constexpr std::array classes = {
    LayerClass{"Resize", import_resize},
    LayerClass{"RGBToGrayscale", import_rgb_to_grayscale},
    LayerClass{"RGBToHSV", import_colors<rgb_to_hsv>},
    LayerClass{"HSVToRGB", import_colors<hsv_to_rgb>},
    LayerClass{"PadImages", import_pad_images},
    LayerClass{"CropImages", import_crop_images},
    LayerClass{"DepthToSpace", import_space_and_depth<true>},
    LayerClass{"SpaceToDepth", import_space_and_depth<false>},
};

}  // namespace

const std::span<const LayerClass> image_operations = classes;

}  // namespace keraunos::keras
