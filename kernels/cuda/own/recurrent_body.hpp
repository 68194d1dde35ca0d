#pragma once

#include "kernels/cuda/own/activation.hpp"
#include "kernels/cuda/own/recurrent_steps.hpp"

namespace keraunos::cuda {

/// The reset state r * h of a gru, all of which must be there before its product is taken.
struct GruResetBody {
  RecurrentSteps steps;
  std::int64_t step = 0;
  const float* h = nullptr;
  float* reset = nullptr;

  std::int64_t count() const { return steps.state_size(); }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    const StateCell at = steps.cell(i);
    if (steps.is_masked(at, step)) return;
    const float gate = steps.gates_at(at, step)[steps.units];
    const float r = activate(steps.recurrent_activation, gate + steps.products<1>(h, at, 1)[0]);
    reset[i] = r * h[i];
  }
};

/// One step of all sequences; a cell of the index space is a cell of the state. `next_h` must not
/// be `h`, which other cells still read; `next_c` may be `c`.
template <CellFn cell>
struct RecurrentStepBody {
  RecurrentSteps steps;
  std::int64_t step = 0;
  const float* h = nullptr;
  float* next_h = nullptr;
  const float* c = nullptr;  // lstm
  float* next_c = nullptr;
  const float* reset = nullptr;  // gru

  std::int64_t count() const { return steps.state_size(); }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    const StateCell at = steps.cell(i);
    if (steps.is_masked(at, step)) {
      next_h[i] = h[i];
      if constexpr (cell == CellFn::lstm) next_c[i] = c[i];
      steps.write_masked_output(at, step);
    } else {
      next_h[i] = step_cell(at, steps.gates_at(at, step));
      steps.write_output(at, step, next_h[i]);
    }
  }

 private:
  KERAUNOS_DEVICE float step_cell(const StateCell& at, const float* gates) const {
    if constexpr (cell == CellFn::simple) {
      return step_simple(at, gates);
    } else if constexpr (cell == CellFn::lstm) {
      return step_lstm(at, gates);
    } else if constexpr (cell == CellFn::gru) {
      return step_gru(at, gates);
    } else {
      return step_gru_reset_after(at, gates);
    }
  }

  KERAUNOS_DEVICE float step_simple(const StateCell& at, const float* gates) const {
    return activate(steps.activation, gates[0] + steps.products<1>(h, at, 0)[0]);
  }

  KERAUNOS_DEVICE float step_lstm(const StateCell& at, const float* gates) const {
    const std::int64_t units = steps.units;
    const auto products = steps.products<4>(h, at, 0);
    const float input = activate(steps.recurrent_activation, gates[0] + products[0]);
    const float forget = activate(steps.recurrent_activation, gates[units] + products[1]);
    const float candidate = activate(steps.activation, gates[2 * units] + products[2]);
    const float output = activate(steps.recurrent_activation, gates[3 * units] + products[3]);
    const float carried = forget * c[at.index] + input * candidate;
    next_c[at.index] = carried;
    return output * activate(steps.activation, carried);
  }

  KERAUNOS_DEVICE float step_gru(const StateCell& at, const float* gates) const {
    const float update = steps.products<1>(h, at, 0)[0];
    return updated(at, gates, update, steps.products<1>(reset, at, 2)[0]);
  }

  KERAUNOS_DEVICE float step_gru_reset_after(const StateCell& at, const float* gates) const {
    const std::int64_t units = steps.units;
    const float* bias = steps.bias + at.unit;
    const auto products = steps.products<3>(h, at, 0);
    const float r = activate(steps.recurrent_activation, gates[units] + products[1] + bias[units]);
    return updated(at, gates, products[0] + bias[0], r * (products[2] + bias[2 * units]));
  }

  /// z*h + (1-z)*candidate, from the recurrent parts of z and of the candidate.
  KERAUNOS_DEVICE float updated(const StateCell& at, const float* gates, float update,
                                float recurrent) const {
    const float z = activate(steps.recurrent_activation, gates[0] + update);
    const float candidate = activate(steps.activation, gates[2 * steps.units] + recurrent);
    return z * h[at.index] + (1 - z) * candidate;
  }
};

}  // namespace keraunos::cuda
