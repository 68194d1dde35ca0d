#include "runtime/ops/recurrent.hpp"

#include <fmt/format.h>

#include <array>

#include "runtime/base/fail.hpp"

namespace keraunos {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> names = {"simple", "lstm", "gru", "gru, reset after"};

}  // namespace

std::string_view to_string(CellFn cell) { return names.at(static_cast<std::size_t>(cell)); }

std::vector<TensorType> Recurrent::infer(std::span<const TensorType> inputs,
                                         Demands& demands) const {
  const Shape& gates = inputs[0].shape;
  const std::size_t wanted = mask_input() + (masked ? 1 : 0);
  if (inputs.size() != wanted || gates.size() != windows.size() + 3) {
    fail(ErrorCode::internal, "{} with {} inputs, {} wanted, on {}", to_string(cell), inputs.size(),
         wanted, to_keras_string(gates));
  }
  const Shape& kernel = inputs[1].shape;
  demands.equal(gates.back(), kernel.back(), "the gates must match the recurrent kernel");
  for (std::size_t i = 0; i < state_count(); ++i) {
    const Shape& state = inputs[first_state() + i].shape;
    if (state.size() + 1 != gates.size()) {
      fail(ErrorCode::shape_mismatch, "a state of rank {} is wanted, got {}", gates.size() - 1,
           to_keras_string(state));
    }
    for (std::size_t axis = 0; axis + 1 < state.size(); ++axis) {
      demands.equal(state[axis], gates[axis == 0 ? 0 : axis + 1], "a state must match the input");
    }
    demands.equal(state.back(), kernel[kernel.size() - 2], "a state must have the cell's units");
  }
  if (masked) {
    const Shape& mask = inputs[mask_input()].shape;
    if (mask.size() != 2) {
      fail(ErrorCode::shape_mismatch, "a mask (batch, steps) is wanted, got {}",
           to_keras_string(mask));
    }
    demands.equal(mask[0], gates[0], "a mask must match the input");
    demands.equal(mask[1], gates[1], "a mask must match the input");
  }
  const TensorType& state = inputs[first_state()];
  if (!return_sequences) demands.positive(gates[1], "at least one step is wanted");
  TensorType output = state;
  output.shape[0] = gates[0];
  std::vector<TensorType> outputs(1 + state_count(), output);
  if (return_sequences) outputs[0].shape.insert(outputs[0].shape.begin() + 1, gates[1]);
  return outputs;
}

std::string Recurrent::describe() const {
  return fmt::format("{}, {}/{}{}{}{}", to_string(cell), activation.describe(),
                     recurrent_activation.describe(), masked ? ", masked" : "",
                     go_backwards ? ", backwards" : "", return_sequences ? "" : ", last step");
}

}  // namespace keraunos
