#include "runtime/keras/functions/images.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/fail.hpp"

// tf.image: what moves, cuts and scales cells.

namespace keraunos::keras {

TfImages::TfImages(LayerCall& call) {
  const Operand images = operand(call, "", 0);
  dtype = images.type.dtype;
  value = as_stored(call, images);
  batched = call.rank(value) == 4;
  if (!batched) {
    call.require_rank(value, 3);
    value = expand(call, value, 0);
  }
}

std::vector<ValueId> TfImages::result(LayerCall& call, ValueId output) const {
  return {batched ? output : squeeze(call, output, {0})};
}

namespace {

// The largest number of an integer dtype.
double most_of(DType dtype) {
  if (dtype == DType::boolean) return 1;
  const bool is_signed = dtype == DType::int8 || dtype == DType::int16 || dtype == DType::int32 ||
                         dtype == DType::int64;
  return std::exp2(8 * static_cast<double>(size_of(dtype)) - (is_signed ? 1 : 0)) - 1;
}

}  // namespace

ValueId converted_image(LayerCall& call, ValueId value, DType from, DType to, bool saturate) {
  if (from == to) return value;
  if (is_floating(from) && is_floating(to)) return call.cast(value, to);
  if (is_floating(to)) {
    return call.cast(linear(call, call.as_float(value), static_cast<float>(1 / most_of(from)), 0),
                     to);
  }
  const bool narrow = size_of(to) <= 2;
  if (!is_floating(from) || !narrow) {
    fail(ErrorCode::unsupported, "images of {} as {} are not supported", to_string(from),
         to_string(to));
  }
  const auto most = static_cast<float>(most_of(to));
  value = linear(call, call.as_float(value), most + 0.5F, 0);
  if (saturate) {
    value = call.binary(BinaryFn::minimum, value, call.scalar(most));
    const bool is_signed = to == DType::int8 || to == DType::int16;
    value = call.binary(BinaryFn::maximum, value, call.scalar(is_signed ? -most - 1 : 0));
  }
  return call.cast(value, to);
}

ValueId with_borders(LayerCall& call, ValueId value, const PadAmounts& rows,
                     const PadAmounts& columns) {
  Pad pad{std::vector<PadAmounts>(4), 0};
  const std::array amounts = {rows, columns};
  for (std::size_t i = 0; i < 2; ++i) {
    const PadAmounts cut{std::max<std::int64_t>(-amounts[i].before, 0),
                         std::max<std::int64_t>(-amounts[i].after, 0)};
    value = slice(call, value, i + 1, Dim(cut.before),
                  call.shape(value)[i + 1] - Dim(cut.before + cut.after));
    pad.amounts[i + 1] = {std::max<std::int64_t>(amounts[i].before, 0),
                          std::max<std::int64_t>(amounts[i].after, 0)};
  }
  return call.emit(std::move(pad), {value});
}

namespace {

// Moving cells -----------------------------------------------------------------------------------

ValueId flipped(LayerCall& call, ValueId value, std::size_t axis) {
  const Dim size = call.shape(value)[axis];
  return slice(call, value, axis, size - Dim(1), size, -1);
}

template <std::size_t axis>
std::vector<ValueId> import_flip(LayerCall& call) {
  const TfImages images(call);
  return images.result(call, flipped(call, images.value, axis));
}

std::vector<ValueId> import_transpose(LayerCall& call) {
  const TfImages images(call);
  return images.result(call, transpose(call, images.value, {0, 2, 1, 3}));
}

// Counter-clockwise.
std::vector<ValueId> import_rot90(LayerCall& call) {
  const TfImages images(call);
  const std::int64_t turns = integer_parameter(call, "k", -(std::int64_t{1} << 31), 1);
  const std::int64_t quarter = ((turns % 4) + 4) % 4;
  ValueId value = images.value;
  if (quarter == 2) value = flipped(call, flipped(call, value, 1), 2);
  if (quarter == 1) value = transpose(call, flipped(call, value, 2), {0, 2, 1, 3});
  if (quarter == 3) value = flipped(call, transpose(call, value, {0, 2, 1, 3}), 2);
  return images.result(call, value);
}

// Cutting and framing ----------------------------------------------------------------------------

std::vector<ValueId> import_central_crop(LayerCall& call) {
  const TfImages images(call);
  const double fraction = number_parameter(call, "central_fraction");
  if (!(fraction > 0 && fraction <= 1)) {
    fail(ErrorCode::malformed_file, "called with central_fraction={}", fraction);
  }
  ValueId value = images.value;
  for (std::size_t axis = 1; axis < 3; ++axis) {
    const std::int64_t size = known_size(call.shape(value)[axis], "a side of the image");
    const auto whole = static_cast<double>(size);
    const auto start = static_cast<std::int64_t>((whole - whole * fraction) / 2);
    value = slice(call, value, axis, Dim(start), Dim(size - 2 * start));
  }
  return images.result(call, value);
}

struct Box {
  std::int64_t top;
  std::int64_t left;
  std::int64_t height;
  std::int64_t width;

  explicit Box(const LayerCall& call)
      : top(integer_parameter(call, "offset_height", 0)),
        left(integer_parameter(call, "offset_width", 0)),
        height(integer_parameter(call, "target_height", 1)),
        width(integer_parameter(call, "target_width", 1)) {}
};

std::vector<ValueId> import_crop(LayerCall& call) {
  const TfImages images(call);
  const Box box(call);
  const ValueId rows = slice(call, images.value, 1, Dim(box.top), Dim(box.height));
  return images.result(call, slice(call, rows, 2, Dim(box.left), Dim(box.width)));
}

std::vector<ValueId> import_pad(LayerCall& call) {
  const TfImages images(call);
  const Box box(call);
  const auto around = [&](std::size_t axis, std::int64_t before, std::int64_t size) {
    const std::int64_t inner = known_size(images.shape(call)[axis], "a side of the image");
    if (size - before < inner) {
      fail(ErrorCode::shape_mismatch, "an image of {} cells from {} on is not within {}", inner,
           before, size);
    }
    return PadAmounts{before, size - before - inner};
  };
  return images.result(call, with_borders(call, images.value, around(1, box.top, box.height),
                                          around(2, box.left, box.width)));
}

// Cut and framed around the middle.
std::vector<ValueId> import_resize_with_crop_or_pad(LayerCall& call) {
  const TfImages images(call);
  const auto around = [&](std::size_t axis, std::string_view name) {
    const std::int64_t wanted = integer_parameter(call, name, 1);
    const std::int64_t more = wanted - known_size(images.shape(call)[axis], "a side of the image");
    const std::int64_t before = more / 2;  // towards 0, when cut as well
    return PadAmounts{before, more - before};
  };
  return images.result(call, with_borders(call, images.value, around(1, "target_height"),
                                          around(2, "target_width")));
}

// Values -----------------------------------------------------------------------------------------

std::vector<ValueId> import_convert_image_dtype(LayerCall& call) {
  const Operand image = operand(call, "", 0);
  const DType dtype = dtype_parameter(call, "dtype").value_or(DType::float32);
  return {converted_image(call, as_stored(call, image), image.type.dtype, dtype,
                          flag_parameter(call, "saturate"))};
}

// As floats in [0, 1], and the way back.
template <typename Work>
std::vector<ValueId> on_floats(LayerCall& call, Work work) {
  const TfImages images(call);
  const DType held = is_floating(images.dtype) ? images.dtype : DType::float32;
  const ValueId floats =
      call.as_float(converted_image(call, images.value, images.dtype, held, false));
  const ValueId output = call.cast(work(floats), held);
  return images.result(call, converted_image(call, output, held, images.dtype, true));
}

std::vector<ValueId> import_adjust_brightness(LayerCall& call) {
  const auto delta = static_cast<float>(number_parameter(call, "delta"));
  return on_floats(call, [&](ValueId value) { return linear(call, value, 1, delta); });
}

// Around the mean of each channel.
std::vector<ValueId> import_adjust_contrast(LayerCall& call) {
  const auto factor = static_cast<float>(number_parameter(call, "contrast_factor"));
  return on_floats(call, [&](ValueId value) {
    const ValueId mean = reduce(call, ReduceFn::mean, value, {1, 2}, true);
    const ValueId difference = call.binary(BinaryFn::subtract, value, mean);
    return call.binary(BinaryFn::add, linear(call, difference, factor, 0), mean);
  });
}

// gain * x^gamma
std::vector<ValueId> import_adjust_gamma(LayerCall& call) {
  const double gamma = number_parameter(call, "gamma", 1);
  const auto gain = static_cast<float>(number_parameter(call, "gain", 1));
  return on_floats(call, [&](ValueId value) {
    return linear(call, call.binary(BinaryFn::power, value, call.scalar(gamma)), gain, 0);
  });
}

// (x - mean) / max(deviation, 1/sqrt(cells)) of each image.
std::vector<ValueId> import_per_image_standardization(LayerCall& call) {
  const TfImages images(call);
  const DType dtype = is_floating(images.dtype) ? images.dtype : DType::float32;
  const ValueId value = call.as_float(images.value);
  const std::vector<std::size_t> axes = {1, 2, 3};
  const ValueId centred =
      call.binary(BinaryFn::subtract, value, reduce(call, ReduceFn::mean, value, axes, true));
  const ValueId deviation =
      unary(call, UnaryFn::sqrt,
            reduce(call, ReduceFn::mean, unary(call, UnaryFn::square, centred), axes, true));
  const Shape cells(images.shape(call).begin() + 1, images.shape(call).end());
  const ValueId count = reduce(call, ReduceFn::sum,
                               filled(call, 1, DType::float32, {element_count(cells)}), {0}, false);
  const ValueId divisor =
      call.binary(BinaryFn::maximum, deviation, unary(call, UnaryFn::rsqrt, count));
  return images.result(call, call.cast(call.binary(BinaryFn::divide, centred, divisor), dtype));
}

constexpr std::array functions = {
    LayerClass{"image.flip_left_right", import_flip<2>},
    LayerClass{"image.flip_up_down", import_flip<1>},
    LayerClass{"image.transpose", import_transpose},
    LayerClass{"image.rot90", import_rot90},
    LayerClass{"image.central_crop", import_central_crop},
    LayerClass{"image.crop_to_bounding_box", import_crop},
    LayerClass{"image.pad_to_bounding_box", import_pad},
    LayerClass{"image.resize_with_crop_or_pad", import_resize_with_crop_or_pad},
    LayerClass{"image.resize_image_with_crop_or_pad", import_resize_with_crop_or_pad},
    LayerClass{"image.convert_image_dtype", import_convert_image_dtype},
    LayerClass{"image.adjust_brightness", import_adjust_brightness},
    LayerClass{"image.adjust_contrast", import_adjust_contrast},
    LayerClass{"image.adjust_gamma", import_adjust_gamma},
    LayerClass{"image.per_image_standardization", import_per_image_standardization},
};

}  // namespace

const std::span<const LayerClass> tf_image_functions = functions;

}  // namespace keraunos::keras
