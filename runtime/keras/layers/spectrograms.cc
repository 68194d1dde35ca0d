#include <algorithm>
#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/fourier.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/windows.hpp"

// A short-time Fourier transform is a convolution whose filters are windowed cosines and sines.

namespace keraunos::keras {
namespace {

constexpr double epsilon = 1e-7;  // Keras's backend.epsilon()

ValueId at_least(LayerCall& call, ValueId value, double least) {
  return call.binary(BinaryFn::maximum, value, call.scalar(least));
}

ValueId power_of(LayerCall& call, ValueId real, ValueId imaginary) {
  return call.binary(BinaryFn::add, call.emit(Unary{UnaryFn::square}, {real}),
                     call.emit(Unary{UnaryFn::square}, {imaginary}));
}

// STFTSpectrogram --------------------------------------------------------------------------------

// power + power without its first and last frequency, which occur once in the full spectrum.
ValueId two_sided(LayerCall& call, ValueId power, std::int64_t frequencies) {
  const Shape shape = call.shape(power);
  const ValueId inner =
      call.emit(Slice{{0, 0, 1}, {shape[0], shape[1], frequencies - 2}, {1, 1, 1}}, {power});
  return call.binary(BinaryFn::add, power, call.emit(Pad{{{0, 0}, {0, 0}, {1, 1}}, 0}, {inner}));
}

// What `mode` makes of the convolutions' results, (signals, frames, frequencies).
ValueId in_mode(LayerCall& call, const std::string& mode, ValueId real, ValueId imaginary,
                std::int64_t frequencies) {
  if (mode == "real") return real;
  if (mode == "imag") return imaginary;
  if (mode == "angle") return call.binary(BinaryFn::arctan2, imaginary, real);
  if (mode == "stft") return call.emit(Concat{2}, {real, imaginary});
  const ValueId power = power_of(call, real, imaginary);
  if (mode == "psd") return two_sided(call, power, frequencies);
  const ValueId magnitude = call.emit(Unary{UnaryFn::sqrt}, {at_least(call, power, epsilon)});
  if (mode == "magnitude") return magnitude;
  return call.emit(Unary{UnaryFn::log}, {at_least(call, magnitude, epsilon)});
}

// (batch*channels, frames, frequencies) in the layout that the layer gives out.
ValueId arranged(LayerCall& call, ValueId value, const Dim& batch, const Dim& channels) {
  const bool expand = call.config().flag_or("expand_dims", false);
  const Shape shape = call.shape(value);
  value = call.view(value, {batch, channels, shape[1], shape[2]});
  if (call.channels_first()) {
    if (expand) return value;
    value = call.emit(Transpose{{0, 1, 3, 2}}, {value});
    return call.view(value, {batch, channels * shape[2], shape[1]});
  }
  if (expand) return call.emit(Transpose{{0, 2, 3, 1}}, {value});
  value = call.emit(Transpose{{0, 2, 1, 3}}, {value});
  return call.view(value, {batch, shape[1], channels * shape[2]});
}

std::int64_t next_power_of_two(std::int64_t value) {
  std::int64_t power = 1;
  while (power < value) power *= 2;
  return power;
}

std::vector<ValueId> import_stft_spectrogram(LayerCall& call) {
  const Config& config = call.config();
  call.require_rank(call.input(), 3);
  const std::string mode =
      config.choice("mode", {"log", "magnitude", "psd", "real", "imag", "angle", "stft"});
  // The window is in the stored kernels.
  for (const std::string_view key : {"window", "scaling", "periodic"}) {
    static_cast<void>(config.find(key));
  }
  const std::int64_t length = config.integer_or("frame_length", 1, 256);
  const std::int64_t step =
      config.integer_or("frame_step", 1, std::max<std::int64_t>(length / 2, 1));
  const std::int64_t frequencies =
      config.integer_or("fft_length", length, next_power_of_two(length)) / 2 + 1;
  if (frequencies < 2) {
    fail(ErrorCode::unsupported, "key 'fft_length': 1 is not supported; 2 or more is");
  }
  const Window window = {
      .size = length, .stride = step, .padding = padding_of(config, {"valid", "same"})};

  const bool first = call.channels_first();
  const ValueId input = call.float_input();
  const ValueId signals = first ? input : call.emit(Transpose{{0, 2, 1}}, {input});
  const Shape shape = call.shape(signals);  // (batch, channels, steps)
  const ValueId samples = call.view(signals, {shape[0] * shape[1], shape[2], 1});
  const auto transform = [&](std::string_view name) {
    const ValueId kernel = call.weight(name, {length, 1, frequencies});
    return call.emit(Conv{{window}, 1, {}}, {samples, kernel});
  };
  const ValueId real = mode == "imag" ? samples : transform("real_kernel");
  const ValueId imaginary = mode == "real" ? samples : transform("imag_kernel");
  return {arranged(call, in_mode(call, mode, real, imaginary, frequencies), shape[0], shape[1])};
}

// MelSpectrogram ---------------------------------------------------------------------------------

struct Frames {
  std::int64_t fft_length;
  std::int64_t sequence_length;
  std::int64_t stride;

  std::int64_t frequencies() const { return fft_length / 2 + 1; }
};

Frames read_frames(const Config& config) {
  Frames frames = {};
  frames.fft_length = config.integer_or("fft_length", 2, 2048);
  frames.sequence_length = config.integer_or("sequence_length", 1, frames.fft_length);
  frames.stride = config.integer_or("sequence_stride", 1, 512);
  if (frames.fft_length > longest_transform) {
    fail(ErrorCode::unsupported, "key 'fft_length': {} is not supported; up to {} is",
         frames.fft_length, longest_transform);
  }
  if (frames.sequence_length > frames.fft_length) {
    fail(ErrorCode::malformed_file, "key 'sequence_length': {} is above fft_length, {}",
         frames.sequence_length, frames.fft_length);
  }
  return frames;
}

double to_mel(double hertz) { return 1127.0 * std::log(1.0 + hertz / 700.0); }

// Triangles over the frequencies, linear in mel; frequency 0 belongs to none. (frequencies, bins)
ValueId mel_matrix(LayerCall& call, const Frames& frames, std::int64_t bins) {
  const Config& config = call.config();
  const double rate = config.number_or("sampling_rate", 16000);
  const double lowest = to_mel(config.number_or("min_freq", 20));
  const double top = config.number_or("max_freq", 0);
  const double highest = to_mel(top != 0 ? top : std::trunc(rate / 2));
  const auto edge = [&](std::int64_t i) {
    return lowest + (highest - lowest) * static_cast<double>(i) / static_cast<double>(bins + 1);
  };
  std::vector<float> values(static_cast<std::size_t>(bins), 0.0F);
  for (std::int64_t k = 1; k < frames.frequencies(); ++k) {
    const double mel =
        to_mel(rate / 2 * static_cast<double>(k) / static_cast<double>(frames.frequencies() - 1));
    for (std::int64_t bin = 0; bin < bins; ++bin) {
      const double rising = (mel - edge(bin)) / (edge(bin + 1) - edge(bin));
      const double falling = (edge(bin + 2) - mel) / (edge(bin + 2) - edge(bin + 1));
      values.push_back(static_cast<float>(std::max(0.0, std::min(rising, falling))));
    }
  }
  return call.constant("mel", {frames.frequencies(), bins}, values);
}

// 10*log10(x / reference), at most top_db below the largest of the whole batch.
ValueId in_decibels(LayerCall& call, ValueId value) {
  const Config& config = call.config();
  const double least = config.number_or("min_power", 1e-10);
  const double reference = std::max(std::fabs(config.number_or("ref_power", 1)), least);
  value = call.emit(Unary{UnaryFn::log10}, {at_least(call, value, least)});
  value = call.emit(Unary{UnaryFn::linear, 10, static_cast<float>(-10 * std::log10(reference))},
                    {value});
  std::vector<std::size_t> axes;
  for (std::size_t axis = 0; axis < call.rank(value); ++axis) axes.push_back(axis);
  const ValueId largest = call.emit(Reduce{ReduceFn::max, axes, true}, {value});
  const ValueId floor = call.emit(
      Unary{UnaryFn::linear, 1, static_cast<float>(-config.number_or("top_db", 80))}, {largest});
  return call.binary(BinaryFn::maximum, value, floor);
}

std::vector<ValueId> import_mel_spectrogram(LayerCall& call) {
  const Config& config = call.config();
  const Frames frames = read_frames(config);
  const std::int64_t bins = config.integer_or("num_mel_bins", 1, 128);
  if (bins > 4096) {
    fail(ErrorCode::unsupported, "key 'num_mel_bins': {} is not supported; up to 4096 is", bins);
  }
  const ValueId input = call.float_input();
  const Shape shape = call.shape(input);
  if (shape.empty()) fail(ErrorCode::shape_mismatch, "expects signals, got a scalar");
  const Shape leading(shape.begin(), shape.end() - 1);
  const ValueId signals = reflected(call, call.view(input, {element_count(leading), shape.back()}),
                                    frames.fft_length / 2);

  const auto window = padded_window(config, frames.sequence_length, frames.fft_length);
  const auto windowed = [&](std::int64_t n, std::int64_t) {
    return window[static_cast<std::size_t>(n)];
  };
  const auto transform = [&](const std::string& name, auto wave) {
    const ValueId matrix = fourier_matrix(call, name, frames.fft_length, frames.frequencies(),
                                          frames.fft_length, windowed, wave);
    return framed_product(call, signals, frames.stride, matrix);
  };
  const ValueId real = transform("real", cosine);
  const ValueId imaginary = transform("imag", sine);
  ValueId value = call.emit(Unary{UnaryFn::sqrt}, {power_of(call, real, imaginary)});
  value = call.binary(BinaryFn::power, value, call.scalar(config.number_or("mag_exp", 2)));
  value = call.emit(MatMul{}, {value, mel_matrix(call, frames, bins)});
  if (config.flag_or("power_to_db", true)) value = in_decibels(call, value);

  value = call.emit(Transpose{{0, 2, 1}}, {value});
  Shape result = leading;
  result.emplace_back(bins);
  result.push_back(call.shape(value)[2]);
  return {call.view(value, result)};
}

constexpr std::array classes = {
    LayerClass{"STFTSpectrogram", import_stft_spectrogram},
    LayerClass{"MelSpectrogram", import_mel_spectrogram},
};

}  // namespace

const std::span<const LayerClass> spectrogram_layers = classes;

}  // namespace keraunos::keras
