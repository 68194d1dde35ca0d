#include "runtime/base/fail.hpp"
#include "runtime/keras/fourier.hpp"
#include "runtime/keras/operations/families.hpp"

// Fourier transforms. Complex numbers are pairs of tensors: real and imaginary parts.

namespace keraunos::keras {
namespace {

struct Complex {
  DType dtype;
  ValueId real;
  ValueId imaginary;

  std::vector<ValueId> outputs(LayerCall& call) const {
    return {call.cast(real, dtype), call.cast(imaginary, dtype)};
  }
};

Complex complex_input(LayerCall& call) {
  const auto parts = operand_list(call, "x", 0);
  if (parts.size() != 2 || shape_of(call, parts[0]) != shape_of(call, parts[1])) {
    fail(ErrorCode::shape_mismatch, "expects a real and an imaginary part of one shape");
  }
  const DType dtype = float_result(parts[0].type.dtype);
  const Complex x{dtype, as_computed(call, parts[0], dtype), as_computed(call, parts[1], dtype)};
  call.require_least_rank(x.real, 1);
  return x;
}

std::int64_t checked_size(std::int64_t size) {
  if (size < 1 || size > longest_transform) {
    fail(ErrorCode::unsupported, "transforms of {} cells are not supported; up to {} are", size,
         longest_transform);
  }
  return size;
}

std::int64_t axis_size(const LayerCall& call, ValueId value, std::size_t axis) {
  return checked_size(known_size(call.shape(value)[axis], "the axis of a transform"));
}

ValueId times(LayerCall& call, ValueId value, ValueId matrix) {
  return call.emit(MatMul{}, {value, matrix});
}

// (a + ib)(cos - i sin), or with + where it is inverse, along the last axis.
Complex transformed(LayerCall& call, const Complex& x, bool inverse) {
  const std::int64_t size = axis_size(call, x.real, call.rank(x.real) - 1);
  const double scale = inverse ? 1 / static_cast<double>(size) : 1;
  const auto scaled = [&](std::int64_t, std::int64_t) { return scale; };
  const ValueId cosines = fourier_matrix(call, "cosines", size, size, size, scaled, cosine);
  const ValueId sines = fourier_matrix(call, "sines", size, size, size, scaled, sine);
  const BinaryFn with = inverse ? BinaryFn::subtract : BinaryFn::add;
  const BinaryFn against = inverse ? BinaryFn::add : BinaryFn::subtract;
  return {x.dtype, call.binary(with, times(call, x.real, cosines), times(call, x.imaginary, sines)),
          call.binary(against, times(call, x.imaginary, cosines), times(call, x.real, sines))};
}

std::vector<ValueId> import_fft(LayerCall& call) {
  return transformed(call, complex_input(call), false).outputs(call);
}

Complex with_last_axes_swapped(LayerCall& call, const Complex& x) {
  const std::size_t rank = call.rank(x.real);
  return {x.dtype, move_axes(call, x.real, {rank - 2}, {rank - 1}),
          move_axes(call, x.imaginary, {rank - 2}, {rank - 1})};
}

template <bool inverse>
std::vector<ValueId> import_fft2(LayerCall& call) {
  const Complex x = complex_input(call);
  call.require_least_rank(x.real, 2);
  const Complex rows = transformed(call, x, inverse);
  const Complex columns = transformed(call, with_last_axes_swapped(call, rows), inverse);
  return with_last_axes_swapped(call, columns).outputs(call);
}

// Real signals -----------------------------------------------------------------------------------

// The last axis cut to `size` cells, or with zeros up to it.
ValueId fitted(LayerCall& call, ValueId value, std::int64_t size) {
  const std::size_t last = call.rank(value) - 1;
  const std::int64_t cells = known_size(call.shape(value)[last], "the axis of a transform");
  if (cells >= size) return slice(call, value, last, Dim(0), Dim(size));
  Pad pad{std::vector<PadAmounts>(last + 1), 0};
  pad.amounts[last] = {0, size - cells};
  return call.emit(std::move(pad), {value});
}

double one(std::int64_t, std::int64_t) { return 1; }
double minus_one(std::int64_t, std::int64_t) { return -1; }

std::vector<ValueId> import_rfft(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = float_result(x.type.dtype);
  ValueId value = as_computed(call, x, dtype);
  call.require_least_rank(value, 1);
  const std::int64_t size = call.config().find("fft_length")
                                ? checked_size(call.config().integer("fft_length", 1))
                                : axis_size(call, value, call.rank(value) - 1);
  value = fitted(call, value, size);
  const std::int64_t half = size / 2 + 1;
  const ValueId cosines = fourier_matrix(call, "cosines", size, half, size, one, cosine);
  const ValueId sines = fourier_matrix(call, "sines", size, half, size, minus_one, sine);
  return Complex{dtype, times(call, value, cosines), times(call, value, sines)}.outputs(call);
}

// Every frequency but the first and, of an even size, the last stands for its conjugate, too.
ValueId from_half(LayerCall& call, const Complex& x, std::int64_t size,
                  const std::vector<double>& window) {
  const std::int64_t half = size / 2 + 1;
  const auto share = [&](std::int64_t k, std::int64_t n, double sign) {
    const bool single = k == 0 || 2 * k == size;
    return sign * (single ? 1 : 2) / static_cast<double>(size) *
           window[static_cast<std::size_t>(n)];
  };
  const auto plus = [&](std::int64_t k, std::int64_t n) { return share(k, n, 1); };
  const auto minus = [&](std::int64_t k, std::int64_t n) { return share(k, n, -1); };
  const ValueId cosines = fourier_matrix(call, "cosines", half, size, size, plus, cosine);
  const ValueId sines = fourier_matrix(call, "sines", half, size, size, minus, sine);
  return call.binary(BinaryFn::add, times(call, fitted(call, x.real, half), cosines),
                     times(call, fitted(call, x.imaginary, half), sines));
}

std::vector<ValueId> import_irfft(LayerCall& call) {
  const Complex x = complex_input(call);
  const std::int64_t cells = axis_size(call, x.real, call.rank(x.real) - 1);
  const std::int64_t size = checked_size(
      call.config().find("fft_length") ? call.config().integer("fft_length", 1) : 2 * (cells - 1));
  const std::vector<double> all(static_cast<std::size_t>(size), 1.0);
  return {call.cast(from_half(call, x, size, all), x.dtype)};
}

// Short-time transforms --------------------------------------------------------------------------

struct Frames {
  std::int64_t length;  // of the window
  std::int64_t stride;
  std::int64_t fft_length;
  bool center;
  std::vector<double> window;  // fft_length cells

  explicit Frames(const Config& config)
      : length(config.integer("sequence_length", 1)),
        stride(config.integer("sequence_stride", 1)),
        fft_length(checked_size(config.integer("fft_length", 1))),
        center(config.flag_or("center", true)) {
    if (length > fft_length) {
      fail(ErrorCode::malformed_file, "key 'sequence_length': {} is above fft_length, {}", length,
           fft_length);
    }
    window = padded_window(config, length, fft_length);
  }
};

std::vector<ValueId> import_stft(LayerCall& call) {
  const Operand x = first_operand(call);
  const Frames frames(call.config());
  const DType dtype = float_result(x.type.dtype);
  const ValueId value = as_computed(call, x, dtype);
  call.require_least_rank(value, 1);
  const Shape shape = call.shape(value);
  const Shape leading(shape.begin(), shape.end() - 1);
  ValueId signals = call.view(value, {element_count(leading), shape.back()});
  if (frames.center) signals = reflected(call, signals, frames.fft_length / 2);
  const std::int64_t half = frames.fft_length / 2 + 1;
  const auto part = [&](const std::string& name, double sign, auto wave) {
    const auto windowed = [&](std::int64_t n, std::int64_t) {
      return sign * frames.window[static_cast<std::size_t>(n)];
    };
    const ValueId matrix =
        fourier_matrix(call, name, frames.fft_length, half, frames.fft_length, windowed, wave);
    const ValueId output = framed_product(call, signals, frames.stride, matrix);
    Shape result = leading;
    result.insert(result.end(), {call.shape(output)[1], Dim(half)});
    return call.view(output, std::move(result));
  };
  const ValueId real = part("cosines", 1, cosine);
  return Complex{dtype, real, part("sines", -1, sine)}.outputs(call);
}

// The window that undoes a window: divided by the squares that overlap at each place.
std::vector<double> inverse_window(const Frames& frames) {
  std::vector<double> result = frames.window;
  const auto stride = static_cast<std::size_t>(frames.stride);
  for (std::size_t n = 0; n < result.size(); ++n) {
    double squares = 0;
    for (std::size_t i = n % stride; i < result.size(); i += stride) {
      squares += frames.window[i] * frames.window[i];
    }
    result[n] = squares > 0 ? result[n] / squares : 0;
  }
  return result;
}

// Frames are added where they overlap: what a transposed convolution with one cell each does.
std::vector<ValueId> import_istft(LayerCall& call) {
  const Complex x = complex_input(call);
  call.require_least_rank(x.real, 2);
  const Config& config = call.config();
  const Frames frames(config);
  const std::vector<double> all(static_cast<std::size_t>(frames.fft_length), 1.0);
  const ValueId cells =
      from_half(call, x, frames.fft_length, config.find("window") ? inverse_window(frames) : all);
  const Shape shape = call.shape(cells);
  const Shape leading(shape.begin(), shape.end() - 2);
  const ValueId rows =
      call.view(cells, {element_count(leading), shape[shape.size() - 2], shape.back()});
  const ValueId identity = fourier_matrix(
      call, "identity", frames.fft_length, frames.fft_length, 1,
      [](std::int64_t n, std::int64_t k) { return n == k ? 1.0 : 0.0; }, cosine);
  const Window slide = {.size = frames.fft_length, .stride = frames.stride};
  const ValueId kernel = call.view(identity, {frames.fft_length, 1, frames.fft_length});
  ValueId signals = call.emit(ConvTranspose{{slide}, {}}, {rows, kernel});
  signals = squeeze(call, signals, {2});
  const Dim steps = call.shape(signals)[1];
  const Dim start(frames.center ? frames.fft_length / 2 : 0);
  Dim size = frames.center ? steps - start - start : steps;
  if (config.find("length")) size = min(Dim(config.integer("length", 0)), steps - start);
  signals = slice(call, signals, 1, start, size);
  Shape result = leading;
  result.push_back(size);
  return {call.cast(call.view(signals, std::move(result)), x.dtype)};
}

constexpr std::array classes = {
    LayerClass{"FFT", import_fft},          LayerClass{"FFT2", import_fft2<false>},
    LayerClass{"IFFT2", import_fft2<true>}, LayerClass{"RFFT", import_rfft},
    LayerClass{"IRFFT", import_irfft},      LayerClass{"STFT", import_stft},
    LayerClass{"ISTFT", import_istft},
};

}  // namespace

const std::span<const LayerClass> spectrum_operations = classes;

}  // namespace keraunos::keras
