#include <algorithm>
#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/functions/images.hpp"

// tf.image.resize_with_pad, and the resizing of TensorFlow 1, whose cells have no centres: output i
// is read at i*input/output, or with align_corners at i*(input-1)/(output-1).

namespace keraunos::keras {
namespace {

struct Sizes {
  std::int64_t height;
  std::int64_t width;
};

Sizes wanted_sizes(const LayerCall& call) {
  const auto size = integers_parameter(call, "size");
  if (size.size() != 2 || size[0] < 1 || size[1] < 1) {
    fail(ErrorCode::malformed_file, "parameter 'size': two sizes wanted");
  }
  return {size[0], size[1]};
}

// Where each cell of an axis is read, in the float32 arithmetic of TensorFlow's kernels.
struct Places {
  std::vector<std::int32_t> lower;
  std::vector<std::int32_t> upper;
  std::vector<std::int32_t> nearest;
  std::vector<float> share;  // of the upper cell

  Places(std::int64_t input, std::int64_t output, bool align_corners) {
    const bool aligned = align_corners && output > 1;
    const float scale = aligned ? static_cast<float>(input - 1) / static_cast<float>(output - 1)
                                : static_cast<float>(input) / static_cast<float>(output);
    const auto last = static_cast<std::int32_t>(input - 1);
    for (std::int64_t i = 0; i < output; ++i) {
      const float place = static_cast<float>(i) * scale;
      const auto below = static_cast<std::int32_t>(std::floor(place));
      lower.push_back(std::min(below, last));
      upper.push_back(std::min(below + 1, last));
      share.push_back(place - std::floor(place));
      const float rounded = align_corners ? std::round(place) : std::floor(place);
      nearest.push_back(std::min(static_cast<std::int32_t>(rounded), last));
    }
  }
};

constexpr std::int64_t most_cells = 1 << 16;  // of a side: each has its place in the graph

ValueId picked(LayerCall& call, ValueId value, std::size_t axis, const std::string& name,
               const std::vector<std::int32_t>& places) {
  const auto count = static_cast<std::int64_t>(places.size());
  return call.emit(Gather{axis}, {value, call.integers(name, {count}, places)});
}

ValueId resampled(LayerCall& call, ValueId value, std::size_t axis, std::int64_t size,
                  bool bilinear, bool align_corners) {
  const std::int64_t input = known_size(call.shape(value)[axis], "a side of the image");
  if (input < 1 || size > most_cells || input > most_cells) {
    fail(ErrorCode::unsupported, "resizing {} cells to {} is not supported", input, size);
  }
  const Places places(input, size, align_corners);
  const std::string side = axis == 1 ? "rows" : "columns";
  if (!bilinear) return picked(call, value, axis, side, places.nearest);
  const ValueId low = picked(call, value, axis, side + "/lower", places.lower);
  const ValueId high = picked(call, value, axis, side + "/upper", places.upper);
  Shape shape(4, Dim(1));
  shape[axis] = Dim(size);
  const ValueId share = call.view(call.constant(side + "/share", places.share), std::move(shape));
  const ValueId difference = call.binary(BinaryFn::subtract, high, low);
  return call.binary(BinaryFn::add, low, call.binary(BinaryFn::multiply, difference, share));
}

std::vector<ValueId> resized(LayerCall& call, bool bilinear, bool centred) {
  const TfImages images(call);
  const Sizes sizes = wanted_sizes(call);
  const bool align_corners = flag_parameter(call, "align_corners");
  if (align_corners && centred) {
    fail(ErrorCode::malformed_file, "called with align_corners and half_pixel_centers");
  }
  const ValueId value = bilinear ? call.as_float(images.value) : images.value;
  if (centred) {
    const Resize resize{Dim(sizes.height), Dim(sizes.width),
                        bilinear ? Interpolation::bilinear : Interpolation::nearest};
    const ValueId output = call.emit(resize, {call.as_float(value)});
    return images.result(call, bilinear ? output : call.cast(output, images.dtype));
  }
  const ValueId columns = resampled(call, value, 2, sizes.width, bilinear, align_corners);
  return images.result(call, resampled(call, columns, 1, sizes.height, bilinear, align_corners));
}

template <bool bilinear>
std::vector<ValueId> import_resize(LayerCall& call) {
  return resized(call, bilinear, flag_parameter(call, "half_pixel_centers"));
}

// The mean of all cells that one takes the place of.
std::vector<ValueId> import_resize_area(LayerCall& call) {
  const TfImages images(call);
  const Sizes sizes = wanted_sizes(call);
  Pool pool{PoolFn::average, std::vector<Window>(2)};
  const std::array outputs = {sizes.height, sizes.width};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t input = known_size(images.shape(call)[i + 1], "a side of the image");
    if (input % outputs[i] != 0) {
      fail(ErrorCode::unsupported,
           "called with areas of {}/{} cells; whole numbers of cells are supported", input,
           outputs[i]);
    }
    pool.windows[i].size = pool.windows[i].stride = input / outputs[i];
  }
  return images.result(call, call.emit(std::move(pool), {call.as_float(images.value)}));
}

// ResizeMethodV1 is a number or, since TensorFlow 2, a name.
std::vector<ValueId> import_resize_images(LayerCall& call) {
  const auto method = constant_parameter(call, "method");
  const auto is = [&](std::string_view name, std::int64_t number) {
    if (!method) return number == 0;
    return method->is_string() ? method->as_string() == name
                               : method->is_int() && method->as_int64() == number;
  };
  if (is("bilinear", 0)) return resized(call, true, false);
  if (is("nearest", 1)) return resized(call, false, false);
  if (is("area", 3)) return import_resize_area(call);
  fail(ErrorCode::unsupported, "called with method={}; bilinear, nearest, area is supported",
       method->dump(60));
}

// Into a box, with zeros beside it. TensorFlow works the sizes out in float32.
std::vector<ValueId> import_resize_with_pad(LayerCall& call) {
  const TfImages images(call);
  const auto side = [&](std::size_t axis) {
    return static_cast<float>(known_size(images.shape(call)[axis], "a side of the image"));
  };
  const std::int64_t target_height = integer_parameter(call, "target_height", 1);
  const std::int64_t target_width = integer_parameter(call, "target_width", 1);
  const float ratio = std::max(side(2) / static_cast<float>(target_width),
                               side(1) / static_cast<float>(target_height));
  const auto fitted = [&](float size) {
    return std::max<std::int64_t>(static_cast<std::int64_t>(std::floor(size / ratio)), 1);
  };
  const auto around = [&](float size, std::int64_t target) {
    const float rest = (static_cast<float>(target) - size / ratio) / 2;
    const auto before = std::max<std::int64_t>(static_cast<std::int64_t>(std::floor(rest)), 0);
    return PadAmounts{before, target - before - fitted(size)};
  };
  const std::string method =
      text_parameter(call, "method", "bilinear", {"bilinear", "nearest", "bicubic"});
  const Interpolation interpolation = method == "bilinear"  ? Interpolation::bilinear
                                      : method == "nearest" ? Interpolation::nearest
                                                            : Interpolation::bicubic;
  const Resize resize{Dim(fitted(side(1))), Dim(fitted(side(2))), interpolation,
                      flag_parameter(call, "antialias")};
  ValueId output = call.emit(resize, {call.as_float(images.value)});
  if (interpolation == Interpolation::nearest) output = call.cast(output, images.dtype);
  return images.result(call, with_borders(call, output, around(side(1), target_height),
                                          around(side(2), target_width)));
}

constexpr std::array functions = {
    LayerClass{"image.resize_with_pad", import_resize_with_pad},
    LayerClass{"compat.v1.image.resize_bilinear", import_resize<true>},
    LayerClass{"compat.v1.image.resize_nearest_neighbor", import_resize<false>},
    LayerClass{"compat.v1.image.resize_area", import_resize_area},
    LayerClass{"compat.v1.image.resize_images", import_resize_images},
    LayerClass{"compat.v1.image.resize", import_resize_images},
};

}  // namespace

const std::span<const LayerClass> tf_resize_functions = functions;

}  // namespace keraunos::keras
