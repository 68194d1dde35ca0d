#pragma once

#include <cstdint>

#include "kernels/cpu/own/panels.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cpu {

/// Yes where the weights are constant and the activations have vector code.
Verdict can_step_fast(const NodeView& node);

/// The recurrent kernel, `depth` rows of it, with its bias. The gates of a gru are groups of their
/// own, because the last one is multiplied later.
Panels recurrent_panels(const NodeView& node, KernelBuild& build, std::int64_t depth);

/// Asks for what recurrent_panels did not pack.
void raw_run_time_inputs(const NodeView& node, KernelBuild& build);

/// What a recurrent cell does with the sums of one sequence (or of one of its positions): vectors
/// of `units`, gate beside gate.
class RecurrentCell {
 public:
  RecurrentCell(const Recurrent& recurrent, std::int64_t units)
      : fn_(recurrent.cell),
        activation_(recurrent.activation),
        recurrent_activation_(recurrent.recurrent_activation),
        units_(units) {}

  /// Of a gru: product[0...2*units) become the gates z and r, and reset = r*h.
  void reset(const float* gates, float* product, const float* h, float* reset) const;

  /// The next h (and c, for lstm). `product` is that of the states with the recurrent kernel and is
  /// overwritten, `scratch` has room for `units`.
  void next(const float* gates, float* product, float* h, float* c, float* scratch) const;

 private:
  void next_lstm(const float* gates, float* product, float* h, float* c, float* scratch) const;
  void next_gru(const float* gates, float* product, float* h) const;
  void open_gates(const float* gates, float* product, std::int64_t first, std::int64_t last) const;

  CellFn fn_;
  Unary activation_;
  Unary recurrent_activation_;
  std::int64_t units_;
};

}  // namespace keraunos::cpu
