#include "runtime/keras/operations/filters.hpp"

#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"
#include "runtime/keras/operations/images.hpp"

namespace keraunos::keras {
namespace {

constexpr std::int64_t most_cells = 1 << 14;    // of a window
constexpr std::int64_t most_weights = 1 << 22;  // of a window for every channel

std::int64_t channels_of(const LayerCall& call, ValueId images) {
  return known_size(call.shape(images).back(), "the channels of an image");
}

// A window, (rows, columns) of `cells`, over every channel by itself.
ValueId filtered(LayerCall& call, ValueId images, std::int64_t rows, std::int64_t columns,
                 const std::vector<float>& cells, Padding padding) {
  const std::int64_t channels = channels_of(call, images);
  if (channels < 1 || rows * columns > most_weights / channels) {
    fail(ErrorCode::unsupported, "a window of {} x {} cells over {} channels is not supported",
         rows, columns, channels);
  }
  std::vector<float> kernel;
  kernel.reserve(static_cast<std::size_t>(rows * columns * channels));
  for (const float cell : cells) {
    kernel.insert(kernel.end(), static_cast<std::size_t>(channels), cell);
  }
  const std::vector<Window> windows = {{rows, 1, 1, padding, 0, 0}, {columns, 1, 1, padding, 0, 0}};
  return call.emit(Conv{windows, channels, {}},
                   {images, call.constant("window", {rows, columns, 1, channels}, kernel)});
}

std::vector<float> outer_product(const std::vector<float>& a, const std::vector<float>& b) {
  std::vector<float> cells;
  for (const float x : a) {
    for (const float y : b) cells.push_back(x * y);
  }
  return cells;
}

void require_window(std::int64_t rows, std::int64_t columns) {
  if (rows > most_cells || columns > most_cells || rows * columns > most_cells) {
    fail(ErrorCode::unsupported, "a window of {} x {} cells; up to {} cells are supported", rows,
         columns, most_cells);
  }
}

// One more cell at both ends, as if the border were a mirror; the border itself counts once.
ValueId with_mirrors(LayerCall& call, ValueId images, std::size_t axis) {
  const Dim size = call.shape(images)[axis];
  if (const auto cells = size.constant(); cells && *cells < 2) {
    fail(ErrorCode::shape_mismatch, "an image of {} has nothing to mirror at its borders",
         to_keras_string(call.shape(images)));
  }
  return concat(call,
                {slice(call, images, axis, Dim(1), Dim(1)), images,
                 slice(call, images, axis, size - Dim(2), Dim(1))},
                axis);
}

}  // namespace

std::vector<float> gaussian_window(std::int64_t size, double sigma) {
  std::vector<double> cells;
  double sum = 0;
  for (std::int64_t i = 0; i < size; ++i) {
    const double place = (static_cast<double>(i) - static_cast<double>(size - 1) / 2) / sigma;
    sum += cells.emplace_back(std::exp(-0.5 * place * place));
  }
  std::vector<float> window;
  for (const double cell : cells) window.push_back(static_cast<float>(cell / sum));
  return window;
}

ValueId sobel_edges(LayerCall& call, ValueId images) {
  constexpr std::array<float, 9> down = {-1, -2, -1, 0, 0, 0, 1, 2, 1};
  const Shape shape = call.shape(images);
  const std::int64_t channels = channels_of(call, images);
  std::vector<float> kernel;
  for (std::size_t cell = 0; cell < 9; ++cell) {
    for (std::int64_t channel = 0; channel < channels; ++channel) {
      kernel.insert(kernel.end(), {down[cell], down[cell % 3 * 3 + cell / 3]});
    }
  }
  const ValueId image = with_mirrors(call, with_mirrors(call, images, 1), 2);
  const std::vector<Window> windows(2, {3, 1, 1, Padding::explicit_, 0, 0});
  const ValueId edges =
      call.emit(Conv{windows, channels, {}},
                {image, call.constant("window", {3, 3, 1, 2 * channels}, kernel)});
  return call.view(edges, {shape[0], shape[1], shape[2], shape[3], Dim(2)});
}

ValueId structural_similarity(LayerCall& call, ValueId a, ValueId b, const SsimOptions& options) {
  const std::int64_t size = options.filter_size;
  require_window(size, size);
  if (channels_of(call, a) != channels_of(call, b)) {
    fail(ErrorCode::shape_mismatch, "images of {} and {} have different channels",
         to_keras_string(call.shape(a)), to_keras_string(call.shape(b)));
  }
  const auto window = gaussian_window(size, options.filter_sigma);
  const auto cells = outer_product(window, window);
  const auto mean = [&](ValueId x) {
    return filtered(call, x, size, size, cells, Padding::explicit_);
  };
  const auto product = [&](ValueId x, ValueId y) { return call.binary(BinaryFn::multiply, x, y); };
  const auto sum = [&](ValueId x, ValueId y) { return call.binary(BinaryFn::add, x, y); };
  const auto c1 = static_cast<float>(std::pow(options.k1 * options.max_val, 2));
  const auto c2 = static_cast<float>(std::pow(options.k2 * options.max_val, 2));
  const ValueId mean_a = mean(a);
  const ValueId mean_b = mean(b);
  const ValueId both = product(mean_a, mean_b);
  const ValueId squares = sum(product(mean_a, mean_a), product(mean_b, mean_b));
  const ValueId covariance = call.binary(BinaryFn::subtract, mean(product(a, b)), both);
  const ValueId variances =
      call.binary(BinaryFn::subtract, sum(mean(product(a, a)), mean(product(b, b))), squares);
  const ValueId above = product(linear(call, both, 2, c1), linear(call, covariance, 2, c2));
  const ValueId below = product(linear(call, squares, 1, c1), linear(call, variances, 1, c2));
  return reduce(call, ReduceFn::mean, call.binary(BinaryFn::divide, above, below), {1, 2, 3},
                false);
}

// keras.ops.image --------------------------------------------------------------------------------

namespace {

Images float_images(LayerCall& call, std::string_view name = "images") {
  const Images images(call, name);
  if (!is_floating(images.dtype)) {
    fail(ErrorCode::unsupported, "called on images of {}; floats are supported",
         to_string(images.dtype));
  }
  return images;
}

// The numbers of key `key`: two, or one for both.
std::array<double, 2> two_numbers(const LayerCall& call, const char* key, double fallback) {
  const auto found = call.config().find(key);
  if (!found) return {fallback, fallback};
  if (!found->is_array()) return {found->as_double(), found->as_double()};
  if (found->size() != 2) {
    fail(ErrorCode::malformed_file, "key '{}': {} numbers, 2 wanted", key, found->size());
  }
  return {(*found)[0].as_double(), (*found)[1].as_double()};
}

// Keras makes a table of as many rows as the second size says and reads it row by row as one with
// as many rows as the first size.
std::vector<ValueId> import_gaussian_blur(LayerCall& call) {
  const Images images = float_images(call);
  const auto sizes = call.config().find("kernel_size") ? call.config().integers("kernel_size", 2, 1)
                                                       : std::vector<std::int64_t>{3, 3};
  require_window(sizes[0], sizes[1]);
  const auto sigmas = two_numbers(call, "sigma", 1);
  const auto cells =
      outer_product(gaussian_window(sizes[1], sigmas[1]), gaussian_window(sizes[0], sigmas[0]));
  const ValueId blurred =
      filtered(call, call.as_float(images.value), sizes[0], sizes[1], cells, Padding::same);
  return images.result(call, call.cast(blurred, images.dtype));
}

// The two differences stay behind the channels, wherever these are.
std::vector<ValueId> import_sobel_edges(LayerCall& call) {
  const Images images = float_images(call);
  if (!images.batched) {
    fail(ErrorCode::shape_mismatch, "called on a single image; a batch of images is wanted");
  }
  const ValueId edges = call.cast(sobel_edges(call, call.as_float(images.value)), images.dtype);
  return {call.channels_first() ? transpose(call, edges, {0, 3, 1, 2, 4}) : edges};
}

std::vector<ValueId> import_ssim(LayerCall& call) {
  const Images a(call, "image1", 0);
  const Images b(call, "image2", 1);
  const Config& config = call.config();
  const SsimOptions defaults;
  const SsimOptions options{config.number_or("max_val", defaults.max_val),
                            config.integer_or("filter_size", 1, defaults.filter_size),
                            config.number_or("filter_sigma", defaults.filter_sigma),
                            config.number_or("k1", defaults.k1),
                            config.number_or("k2", defaults.k2)};
  const DType held = float_result(a.dtype);
  const auto prepared = [&](const Images& images) {
    return call.as_float(call.cast(images.value, held));
  };
  const ValueId result = structural_similarity(call, prepared(a), prepared(b), options);
  return {call.cast(a.batched ? result : squeeze(call, result, {0}), a.dtype)};
}

constexpr std::array classes = {
    LayerClass{"GaussianBlur", import_gaussian_blur},
    LayerClass{"SobelEdges", import_sobel_edges},
    LayerClass{"SSIM", import_ssim},
};

}  // namespace

const std::span<const LayerClass> filter_operations = classes;

}  // namespace keraunos::keras
