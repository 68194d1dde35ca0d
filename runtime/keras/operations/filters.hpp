#pragma once

#include "runtime/keras/layer.hpp"

// Filters of images: float32 of (batch, height, width, channels), whose channels are known.

namespace keraunos::keras {

/// exp(-(i - (size-1)/2)^2 / (2 sigma^2)) for i = 0 ... size-1, scaled to a sum of 1.
std::vector<float> gaussian_window(std::int64_t size, double sigma);

/// (batch, height, width, channels, 2): the differences along heights and along widths, of images
/// mirrored at their borders.
ValueId sobel_edges(LayerCall& call, ValueId images);

struct SsimOptions {
  double max_val = 1;  // the span of the numbers
  std::int64_t filter_size = 11;
  double filter_sigma = 1.5;
  double k1 = 0.01;
  double k2 = 0.03;
};

/// The structural similarity of pairs of images, (batch): the mean over channels and all places of
/// the window. Throws where the images have other channels.
ValueId structural_similarity(LayerCall& call, ValueId a, ValueId b, const SsimOptions& options);

}  // namespace keraunos::keras
