#pragma once

#include <algorithm>

#include "kernels/reference/sliding.hpp"

namespace keraunos {

/// float32 all through, but for a mask of bool.
inline Verdict can_step(const NodeView& node) {
  const Recurrent& recurrent = node.as<Recurrent>();
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const bool is_mask = recurrent.masked && i == recurrent.mask_input();
    if (node.inputs[i].dtype != (is_mask ? DType::boolean : DType::float32)) {
      return Verdict::no("computes float32 with a bool mask only");
    }
  }
  return Verdict::yes();
}

/// The recurrent product as a convolution: of a single cell where there are no windows.
inline SlidingGeometry product_geometry(const NodeView& node) {
  const Dims& states = node.outputs[1].dims;
  Dims columns = states;
  columns.back() = node.inputs[0].dims.back();
  return {node.as<Recurrent>().windows, states, columns};
}

/// Where the steps of a Recurrent find and leave what, in host memory. Steps count in the order
/// they are read in. The states live in the outputs that hold the last ones in the end.
struct RecurrentSteps {
  std::int64_t batch;
  std::int64_t count;
  std::int64_t cells;  // of the spatial axes
  std::int64_t units;
  std::int64_t columns;  // of all gates of a cell

  explicit RecurrentSteps(const NodeView& node)
      : batch(node.inputs[0].dims[0]),
        count(node.inputs[0].dims[1]),
        cells(1),
        units(node.outputs[1].dims.back()),
        columns(node.inputs[0].dims.back()),
        op_(node.as<Recurrent>()) {
    const Dims& state = node.outputs[1].dims;
    for (std::size_t axis = 1; axis + 1 < state.size(); ++axis) cells *= state[axis];
  }

  std::int64_t state_size() const { return cells * units; }

  float* state(const KernelArgs& args, std::size_t i, std::int64_t sequence) const {
    return args.output<float>(1 + i) + sequence * state_size();
  }

  void copy_states(const KernelArgs& args, std::int64_t sequence) const {
    for (std::size_t i = 0; i < op_.state_count(); ++i) {
      const float* initial = args.input<float>(op_.first_state() + i) + sequence * state_size();
      std::copy_n(initial, state_size(), state(args, i, sequence));
    }
  }

  const float* gates(const KernelArgs& args, std::int64_t sequence, std::int64_t step) const {
    return args.input<float>(0) + position(sequence, step) * cells * columns;
  }

  bool is_masked(const KernelArgs& args, std::int64_t sequence, std::int64_t step) const {
    return op_.masked && args.input<std::uint8_t>(op_.mask_input())[position(sequence, step)] == 0;
  }

  void write_output(const KernelArgs& args, std::int64_t sequence, std::int64_t step) const {
    std::copy_n(state(args, 0, sequence), state_size(), output(args, sequence, step));
  }

  /// The output before, not the state: zeros where no step came before.
  void write_masked_output(const KernelArgs& args, std::int64_t sequence, std::int64_t step) const {
    float* dst = output(args, sequence, step);
    if (step == 0 || op_.zero_output_for_mask) {
      std::fill_n(dst, state_size(), 0.0F);
    } else if (op_.return_sequences) {
      std::copy_n(dst - state_size(), state_size(), dst);
    }
  }

 private:
  std::int64_t position(std::int64_t sequence, std::int64_t step) const {
    return sequence * count + (op_.go_backwards ? count - 1 - step : step);
  }

  float* output(const KernelArgs& args, std::int64_t sequence, std::int64_t step) const {
    const std::int64_t row = op_.return_sequences ? sequence * count + step : sequence;
    return args.output<float>(0) + row * state_size();
  }

  Recurrent op_;
};

}  // namespace keraunos
