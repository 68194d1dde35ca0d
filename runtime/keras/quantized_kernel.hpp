#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "runtime/keras/layer.hpp"

namespace keraunos::keras {

/// The kernel of a layer that multiplies its input with one, and where its axes are in the product.
struct KernelForm {
  Shape kernel;
  std::optional<Shape> bias;
  Shape scale;  ///< of a scale for each channel, as it broadcasts with the product
  std::vector<std::size_t> summed;        ///< axes of the kernel that the product sums over
  std::vector<std::size_t> input_summed;  ///< the same axes of the input
  bool is_matrix = false;                 ///< (rows, columns), with the scale by columns: Dense

  /// The product of input and kernel, plus the bias where there is one.
  std::function<ValueId(ValueId input, ValueId kernel, std::optional<ValueId> bias)> multiply;
  /// A tensor with the input's axes, of which the summed ones have one cell, as it broadcasts with
  /// the product.
  std::function<ValueId(ValueId scale)> align;
};

/// What a layer with a quantised kernel computes before its activation.
ValueId multiply_quantized(LayerCall& call, ValueId input, const KernelForm& form);

}  // namespace keraunos::keras
