#include "kernels/cuda/own/recurrent_steps.hpp"

#include <fmt/format.h>

namespace keraunos::cuda {

Verdict accepts_recurrent(const NodeView& node, const BuildOptions&) {
  const Recurrent& recurrent = node.as<Recurrent>();
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const bool is_mask = recurrent.masked && i == recurrent.mask_input();
    const DType dtype = node.inputs[i].dtype;
    if (dtype != (is_mask ? DType::boolean : DType::float32)) {
      return Verdict::no(
          fmt::format("own recurrent computes on float32 with a mask of bool, got {} as {}",
                      to_string(dtype), is_mask ? "mask" : fmt::format("input {}", i)));
    }
  }
  return accept_spatial_axes(recurrent.windows.size(), "own recurrent");
}

RecurrentSteps make_recurrent_steps(const NodeView& node) {
  const Recurrent& recurrent = node.as<Recurrent>();
  const Dims& gates = node.inputs[0].dims;
  const Dims& state = node.outputs[1].dims;
  RecurrentSteps steps;
  steps.sliding = make_sliding(recurrent.windows, state, state);
  steps.count = gates[1];
  steps.cells = steps.sliding.output_cells();
  steps.units = state.back();
  steps.columns = gates.back();
  steps.activation = recurrent.activation;
  steps.recurrent_activation = recurrent.recurrent_activation;
  steps.go_backwards = recurrent.go_backwards;
  steps.return_sequences = recurrent.return_sequences;
  steps.zero_output_for_mask = recurrent.zero_output_for_mask;
  return steps;
}

}  // namespace keraunos::cuda
