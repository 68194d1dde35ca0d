#include "kernels/cpu/own/recurrent_cell.hpp"

#include "kernels/cpu/own/simd.hpp"
#include "kernels/reference/recurrent.hpp"

namespace keraunos::cpu {

Verdict can_step_fast(const NodeView& node) {
  const Recurrent& recurrent = node.as<Recurrent>();
  for (std::size_t i = 1; i < recurrent.first_state(); ++i) {
    if (!node.is_constant(i)) return Verdict::no("takes constant weights only");
  }
  if (!is_activation(recurrent.activation.fn) ||
      !is_activation(recurrent.recurrent_activation.fn)) {
    return Verdict::no("computes activations only");
  }
  return can_step(node);
}

Panels recurrent_panels(const NodeView& node, KernelBuild& build, std::int64_t depth) {
  const CellFn cell = node.as<Recurrent>().cell;
  const std::int64_t groups = cell == CellFn::gru ? 3 : 1;
  const Constant* bias = cell == CellFn::gru_reset_after ? node.constants[2] : nullptr;
  return {build, 1, bias, depth, node.inputs[0].dims.back() / groups, groups};
}

void raw_run_time_inputs(const NodeView& node, KernelBuild& build) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const bool packed = i > 0 && i < node.as<Recurrent>().first_state();
    if (node.is_constant(i) && !packed) build.raw(i);
  }
}

/// The gates [first, last) of those that the recurrent activation is for.
void RecurrentCell::open_gates(const float* gates, float* product, std::int64_t first,
                               std::int64_t last) const {
  for (std::int64_t i = first * units_; i < last * units_; ++i) product[i] += gates[i];
  float* opened = product + first * units_;
  simd().unary(recurrent_activation_, opened, opened, (last - first) * units_);
}

void RecurrentCell::reset(const float* gates, float* product, const float* h, float* reset) const {
  open_gates(gates, product, 0, 2);
  const float* r = product + units_;
  for (std::int64_t i = 0; i < units_; ++i) reset[i] = r[i] * h[i];
}

void RecurrentCell::next(const float* gates, float* product, float* h, float* c,
                         float* scratch) const {
  switch (fn_) {
    case CellFn::simple:
      for (std::int64_t i = 0; i < units_; ++i) product[i] += gates[i];
      simd().unary(activation_, product, h, units_);
      break;
    case CellFn::lstm: next_lstm(gates, product, h, c, scratch); break;
    case CellFn::gru:
    case CellFn::gru_reset_after: next_gru(gates, product, h); break;
  }
}

void RecurrentCell::next_lstm(const float* gates, float* product, float* h, float* c,
                              float* scratch) const {
  const float* f = product + units_;
  float* candidate = product + 2 * units_;
  const float* o = product + 3 * units_;
  open_gates(gates, product, 0, 2);
  open_gates(gates, product, 3, 4);
  for (std::int64_t i = 0; i < units_; ++i) candidate[i] += gates[2 * units_ + i];
  simd().unary(activation_, candidate, candidate, units_);
  for (std::int64_t i = 0; i < units_; ++i) c[i] = f[i] * c[i] + product[i] * candidate[i];
  simd().unary(activation_, c, scratch, units_);
  for (std::int64_t i = 0; i < units_; ++i) h[i] = o[i] * scratch[i];
}

void RecurrentCell::next_gru(const float* gates, float* product, float* h) const {
  const float* r = product + units_;
  float* candidate = product + 2 * units_;
  const float* own = gates + 2 * units_;
  if (fn_ == CellFn::gru_reset_after) {
    open_gates(gates, product, 0, 2);
    for (std::int64_t i = 0; i < units_; ++i) candidate[i] = own[i] + r[i] * candidate[i];
  } else {
    for (std::int64_t i = 0; i < units_; ++i) candidate[i] += own[i];
  }
  simd().unary(activation_, candidate, candidate, units_);
  for (std::int64_t i = 0; i < units_; ++i) {
    h[i] = product[i] * h[i] + (1 - product[i]) * candidate[i];
  }
}

}  // namespace keraunos::cpu
