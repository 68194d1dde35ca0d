#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ops/unary.hpp"
#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"
#include "runtime/shape/window.hpp"

namespace keraunos {

enum class CellFn {
  simple,  ///< h = activation(gates + h@W)
  lstm,    ///< i, f, o = recurrent_activation, c' = f*c + i*activation; h = o*activation(c')
  gru,     ///< h' = z*h + (1-z)*activation(gates_h + (r*h)@W_h)
  gru_reset_after,  ///< the same with r*(h@W_h + bias_h)
};

std::string_view to_string(CellFn cell);

/// Steps a recurrent cell along axis 1. What the cell adds up of its input at each step (the
/// input's product with the kernel, plus bias) is computed before, for all steps at once: `gates`.
///
///   gates      (batch, steps, spatial..., g*units); g = 1 simple, 4 lstm (i f c o), 3 gru (z r h)
///   kernel     (units, g*units), or (window..., units, g*units) where `windows` is not empty
///   bias       (g*units) of the recurrent product: gru_reset_after only
///   states     (batch, spatial..., units): h, and c for lstm
///   mask       (batch, steps) bool, where `masked`: a step that is false keeps the states, and its
///              output repeats the last one (zeros before the first)
///   output 0   (batch, steps, spatial..., units) with return_sequences, else without steps
///   output 1.. the last states
///
/// Sources: Keras's SimpleRNNCell, LSTMCell, GRUCell and backend rnn().
struct Recurrent {
  static constexpr std::string_view name = "Recurrent";

  CellFn cell = CellFn::lstm;
  Unary activation;
  Unary recurrent_activation;
  std::vector<Window> windows;  // of the recurrent convolution (same padding); empty: a product
  bool masked = false;
  bool go_backwards = false;  // reads the last step first; output 0 is in reading order
  bool return_sequences = true;
  bool zero_output_for_mask = false;  // output 0 is zero at masked steps instead

  std::size_t state_count() const { return cell == CellFn::lstm ? 2 : 1; }
  /// Where the states and the mask are among the inputs.
  std::size_t first_state() const { return cell == CellFn::gru_reset_after ? 3 : 2; }
  std::size_t mask_input() const { return first_state() + state_count(); }

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
