#pragma once

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "runtime/keras/layer.hpp"

// Fourier transforms as products with matrices of cosines and sines, and what spectrograms share.

namespace keraunos::keras {

/// A transform is a square of numbers: longer ones are refused.
inline constexpr std::int64_t longest_transform = 4096;

/// The "window" of a config, a name or a list of `length` numbers, with zeros around it up to
/// `padded_length`. Without one there are ones everywhere, as Keras then takes longer frames.
std::vector<double> padded_window(const Config& config, std::int64_t length,
                                  std::int64_t padded_length);

/// (rows, columns) of scale(row, column) * wave(2*pi*row*column/period), as a constant.
template <typename Scale, typename Wave>
ValueId fourier_matrix(LayerCall& call, const std::string& name, std::int64_t rows,
                       std::int64_t columns, std::int64_t period, Scale scale, Wave wave) {
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(rows * columns));
  for (std::int64_t n = 0; n < rows; ++n) {
    for (std::int64_t k = 0; k < columns; ++k) {
      const double angle =
          2 * std::numbers::pi * static_cast<double>(n * k % period) / static_cast<double>(period);
      values.push_back(static_cast<float>(scale(n, k) * wave(angle)));
    }
  }
  return call.constant(name, {rows, columns}, values);
}

inline double cosine(double angle) { return std::cos(angle); }
inline double sine(double angle) { return std::sin(angle); }

/// (signals, steps) with `margin` cells mirrored at both ends, the end cells themselves once.
ValueId reflected(LayerCall& call, ValueId signals, std::int64_t margin);

/// The numbers of `padded_length` cells every `stride` of (signals, steps), times a constant
/// (padded_length, columns): (signals, frames, columns).
ValueId framed_product(LayerCall& call, ValueId signals, std::int64_t stride, ValueId matrix);

}  // namespace keraunos::keras
