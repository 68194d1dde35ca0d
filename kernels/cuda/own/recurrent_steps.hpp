#pragma once

#include <array>

#include "kernels/cuda/own/sliding.hpp"

namespace keraunos::cuda {

/// A cell of a state (batch, spatial..., units).
struct StateCell {
  std::int64_t index;     // in the state
  std::int64_t sequence;  // of the batch
  std::int64_t position;  // of the sequence and the spatial cell together
  std::int64_t unit;
};

/// What all steps of a Recurrent share: sizes, modes, and the tensors of one run. Steps count in
/// the order in which they are read.
struct RecurrentSteps {
  Sliding sliding;  // the recurrent product as a convolution, of a single cell without windows
  std::int64_t count = 0;
  std::int64_t cells = 1;  // of the spatial axes
  std::int64_t units = 0;
  std::int64_t columns = 0;  // of all gates
  Unary activation;
  Unary recurrent_activation;
  bool go_backwards = false;
  bool return_sequences = true;
  bool zero_output_for_mask = false;

  const float* gates = nullptr;        // (batch, count, cells, columns)
  const float* kernel = nullptr;       // (window cells, units, columns)
  const float* bias = nullptr;         // (columns); gru_reset_after only
  const std::uint8_t* mask = nullptr;  // (batch, count); null: all steps count
  float* output = nullptr;             // (batch, count, cells, units), or without steps

  std::int64_t state_size() const { return sliding.positions() * units; }

  KERAUNOS_DEVICE StateCell cell(std::int64_t index) const {
    const std::int64_t position = index / units;
    return {index, position / cells, position, index - position * units};
  }

  KERAUNOS_DEVICE bool is_masked(const StateCell& at, std::int64_t step) const {
    return mask != nullptr && mask[row(at, input_step(step))] == 0;
  }

  /// The input of the cell's first gate; that of gate g is g * units behind it.
  KERAUNOS_DEVICE const float* gates_at(const StateCell& at, std::int64_t step) const {
    return gates + place(at, input_step(step)) * columns + at.unit;
  }

  /// The recurrent products of `gate_count` gates from `first` on, without bias. Threads side by
  /// side compute units side by side, so that weights are read in runs.
  template <int gate_count>
  KERAUNOS_DEVICE std::array<float, gate_count> products(const float* h, const StateCell& at,
                                                         int first) const {
    std::array<float, gate_count> sums = {};
    sliding.for_each_cell(sliding.place(at.position), [&](std::int64_t cell, std::int64_t k) {
      const float* src = h + cell * units;
      const float* weights = kernel + k * units * columns + first * units + at.unit;
      std::array<float, gate_count> part = {};
      for (std::int64_t i = 0; i < units; ++i) {
        for (int gate = 0; gate < gate_count; ++gate) {
          part[gate] += src[i] * weights[i * columns + gate * units];
        }
      }
      for (int gate = 0; gate < gate_count; ++gate) sums[gate] += part[gate];
    });
    return sums;
  }

  KERAUNOS_DEVICE void write_output(const StateCell& at, std::int64_t step, float h) const {
    *output_at(at, step) = h;
  }

  /// Repeats the output before, which need not be the state: zero where no step came before.
  KERAUNOS_DEVICE void write_masked_output(const StateCell& at, std::int64_t step) const {
    if (step == 0 || zero_output_for_mask) {
      *output_at(at, step) = 0;
    } else if (return_sequences) {
      *output_at(at, step) = *output_at(at, step - 1);
    }
  }

 private:
  KERAUNOS_DEVICE std::int64_t input_step(std::int64_t step) const {
    return go_backwards ? count - 1 - step : step;
  }

  /// Of a tensor (batch, count).
  KERAUNOS_DEVICE std::int64_t row(const StateCell& at, std::int64_t step) const {
    return at.sequence * count + step;
  }

  /// Of a tensor (batch, count, cells).
  KERAUNOS_DEVICE std::int64_t place(const StateCell& at, std::int64_t step) const {
    return row(at, step) * cells + at.position - at.sequence * cells;
  }

  KERAUNOS_DEVICE float* output_at(const StateCell& at, std::int64_t step) const {
    return output + (return_sequences ? place(at, step) * units + at.unit : at.index);
  }
};

/// Yes for float32 with a mask of bool and at most three windows.
Verdict accepts_recurrent(const NodeView& node, const BuildOptions& options);

RecurrentSteps make_recurrent_steps(const NodeView& node);

}  // namespace keraunos::cuda
