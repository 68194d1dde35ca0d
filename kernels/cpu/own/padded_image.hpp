#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "kernels/reference/sliding.hpp"

namespace keraunos::cpu {

/// An image surrounded by the zeros that its windows reach into, so that no window needs a check.
/// Where no window does, nothing is copied.
class PaddedImage {
 public:
  explicit PaddedImage(const SlidingGeometry& geometry)
      : axes_(geometry.axes), channels_(geometry.in_channels) {
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      const SlidingAxis& axis = axes_[i];
      const std::int64_t reach =
          (axis.output - 1) * axis.stride + (axis.size - 1) * axis.dilation + 1;
      const bool copied = axis.pad.before > 0 || reach > axis.input;
      is_copy_ = is_copy_ || copied;
      sizes_[i] = copied ? reach : axis.input;
    }
  }

  bool is_copy() const { return is_copy_; }
  std::int64_t rows() const { return sizes_[0] * sizes_[1]; }
  std::int64_t pixel() const { return channels_; }
  std::int64_t line() const { return sizes_[2] * channels_; }
  std::int64_t plane() const { return sizes_[1] * line(); }
  std::int64_t floats() const { return sizes_[0] * plane(); }

  /// Rows [begin, end) of the padded image.
  void fill_rows(const float* src, float* dst, std::int64_t begin, std::int64_t end) const {
    const auto& [depth, height, width] = axes_;
    // Windows may not even reach the image: a stride leaps over it.
    const std::int64_t left = std::min(width.pad.before, sizes_[2]);
    const std::int64_t inside = std::min(width.input, sizes_[2] - left);
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t z = row / sizes_[1] - depth.pad.before;
      const std::int64_t y = row % sizes_[1] - height.pad.before;
      float* target = dst + row * line();
      if (!depth.inside(z) || !height.inside(y)) {
        std::fill_n(target, line(), 0.0F);
        continue;
      }
      const float* from = src + (z * height.input + y) * width.input * channels_;
      std::fill_n(target, left * channels_, 0.0F);
      std::copy_n(from, inside * channels_, target + left * channels_);
      std::fill_n(target + (left + inside) * channels_, line() - (left + inside) * channels_, 0.0F);
    }
  }

 private:
  std::array<SlidingAxis, 3> axes_;
  std::int64_t channels_;
  std::array<std::int64_t, 3> sizes_ = {};
  bool is_copy_ = false;
};

/// Runs of floats in a window, in the order of the kernel's rows: whole rows of the window where
/// its cells touch.
struct WindowSegments {
  std::vector<std::int64_t> starts;  // in floats from the window's first cell
  std::int64_t length;

  WindowSegments(const SlidingGeometry& geometry, const PaddedImage& image, std::int64_t groups) {
    const auto& [depth, height, width] = geometry.axes;
    const bool whole_rows = width.dilation == 1 && groups == 1;
    const std::int64_t per_row = whole_rows ? 1 : width.size;
    length = geometry.in_channels / groups * (whole_rows ? width.size : 1);
    for (std::int64_t z = 0; z < depth.size; ++z) {
      for (std::int64_t y = 0; y < height.size; ++y) {
        for (std::int64_t x = 0; x < per_row; ++x) {
          starts.push_back(z * depth.dilation * image.plane() + y * height.dilation * image.line() +
                           x * width.dilation * image.pixel());
        }
      }
    }
  }
};

}  // namespace keraunos::cpu
