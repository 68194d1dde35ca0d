#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "runtime/keras/layer.hpp"

namespace keraunos::keras {

/// A cell of a recurrent layer: what it does, and where its config and variables are.
struct CellSource {
  LayerCall call;
  CellFn fn;
  std::size_t spatial_rank = 0;  // of a convolutional cell
  bool cudnn_layout = false;     // CuDNNLSTM and CuDNNGRU store kernels and biases their own way

  std::size_t state_count() const { return fn == CellFn::lstm ? 2 : 1; }
};

/// The cells of a recurrent layer, the first to see the input first: one, or those of
/// StackedRNNCells. Throws Error(unsupported) naming a class that is not one of Keras's.
std::vector<CellSource> cells_of(LayerCall& layer);
/// True for the classes that `cells_of` takes.
bool is_recurrent_class(std::string_view class_name);

/// A cell with its weights, and its input summed up for all steps.
struct PreparedCell {
  Recurrent op;
  ValueId gates;
  ValueId kernel;
  std::optional<ValueId> bias;  // of the recurrent product
  Shape state;                  // (batch, spatial..., units)
};

/// Loads the weights of a cell and emits the part of it that does not recur, on a sequence
/// (batch, steps, features), or (batch, steps, ...) in the layout of a convolutional layer.
PreparedCell prepare(CellSource& cell, ValueId sequence);

/// Folds the two leading axes of (batch, steps, ...) into one, works on all steps at once, and
/// unfolds the result.
template <typename Work>
ValueId for_all_steps(LayerCall& call, ValueId sequence, Work&& work) {
  const Shape shape = call.shape(sequence);
  Shape folded(shape.begin() + 1, shape.end());
  folded[0] = shape[0] * shape[1];
  const ValueId result = work(call.view(sequence, folded));
  Shape unfolded = call.shape(result);
  unfolded[0] = shape[1];
  unfolded.insert(unfolded.begin(), shape[0]);
  return call.view(result, unfolded);
}

}  // namespace keraunos::keras
