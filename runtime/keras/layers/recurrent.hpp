#pragma once

#include <optional>
#include <vector>

#include "runtime/keras/layer.hpp"

namespace keraunos::keras {

/// The tensors that a recurrent layer, or Bidirectional around one, is called on.
struct RecurrentInputs {
  ValueId sequence;
  std::vector<ValueId> states;         // none: zeros
  std::optional<ValueId> mask;         // (batch, steps) bool
  std::optional<ValueId> output_mask;  // of the output, where it is a sequence
};

/// Reads them from the call: initial states may come by keyword, by position, or as further items
/// of the first argument.
RecurrentInputs recurrent_inputs(LayerCall& call);

/// What the config of a recurrent layer says beside its cell.
struct RecurrentOptions {
  bool return_sequences;
  bool return_state;
  bool go_backwards;
  bool stateful;
  bool unroll;
  bool time_major;
  bool zero_output_for_mask;
};

RecurrentOptions recurrent_options(const LayerCall& call);

/// Runs a recurrent layer. Returns its output, and the last states with return_state.
std::vector<ValueId> run_recurrent(LayerCall& call, RecurrentInputs inputs,
                                   const RecurrentOptions& options);

/// Reverses (batch, steps, ...) in time.
ValueId flip_steps(LayerCall& call, ValueId sequence);

}  // namespace keraunos::keras
