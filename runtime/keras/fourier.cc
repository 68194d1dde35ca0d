#include "runtime/keras/fourier.hpp"

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/numbers.hpp"

namespace keraunos::keras {

std::vector<double> padded_window(const Config& config, std::int64_t length,
                                  std::int64_t padded_length) {
  const auto found = config.find("window");
  if (!found) return std::vector<double>(static_cast<std::size_t>(padded_length), 1.0);
  const auto cells = static_cast<std::size_t>(length);
  std::vector<double> window(cells);
  if (found->is_string()) {
    const bool hann = config.choice("window", {"hann", "hamming"}) == "hann";
    const double mean = hann ? 0.5 : 0.54;
    // Periodic where the length is even; TensorFlow's windows of odd lengths are symmetric.
    const std::size_t period = cells % 2 == 0 ? cells : cells - 1;
    for (std::size_t i = 0; i < cells && period > 0; ++i) {
      const double turn =
          2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(period);
      window[i] = mean - (1 - mean) * std::cos(turn);
    }
  } else {
    window = to_numbers(*found).values;
    if (window.size() != cells) {
      fail(ErrorCode::malformed_file, "key 'window': {} numbers for sequence_length {}",
           window.size(), length);
    }
  }
  std::vector<double> padded(static_cast<std::size_t>(padded_length), 0.0);
  std::copy(window.begin(), window.end(), padded.begin() + (padded_length - length) / 2);
  return padded;
}

ValueId reflected(LayerCall& call, ValueId signals, std::int64_t margin) {
  const Shape shape = call.shape(signals);
  const ValueId before = call.emit(Slice{{0, margin}, {shape[0], margin}, {1, -1}}, {signals});
  const ValueId after = call.emit(Slice{{0, shape[1] - 2}, {shape[0], margin}, {1, -1}}, {signals});
  return call.emit(Concat{1}, {before, signals, after});
}

ValueId framed_product(LayerCall& call, ValueId signals, std::int64_t stride, ValueId matrix) {
  const Shape shape = call.shape(signals);
  const Shape sizes = call.shape(matrix);
  const Window slide = {.size = *sizes[0].constant(), .stride = stride};
  return call.emit(Conv{{slide}, 1, {}}, {call.view(signals, {shape[0], shape[1], 1}),
                                          call.view(matrix, {sizes[0], 1, sizes[1]})});
}

}  // namespace keraunos::keras
