#pragma once

#include "kernels/cuda/own/body_kernel.hpp"
#include "kernels/cuda/own/recurrent_body.hpp"
#include "kernels/cuda/own/unary_body.hpp"

namespace keraunos::cuda {

/// A launch for every step, two where the state is reset before the product: a step reads what all
/// cells of the step before have written. h alternates between the output that holds the last one
/// in the end and the workspace; c, which no other cell reads, stays in its output.
template <typename Launcher, CellFn cell>
class RecurrentKernel final : public Kernel {
 public:
  explicit RecurrentKernel(const NodeView& node)
      : op_(node.as<Recurrent>()), steps_(make_recurrent_steps(node)) {}

  std::size_t workspace_bytes() const override {
    const std::int64_t states = cell == CellFn::gru ? 2 : 1;
    return static_cast<std::size_t>(states * steps_.state_size()) * sizeof(float);
  }

  std::size_t launches() const override {
    if (steps_.count == 0) return op_.state_count();
    return static_cast<std::size_t>(cell == CellFn::gru ? 2 * steps_.count : steps_.count);
  }

  void run(const KernelArgs& args, Stream& stream) const override {
    if (steps_.count == 0) return copy_states(args, stream);
    RecurrentStepBody<cell> body = first_step(args);
    float* const spare_h = static_cast<float*>(args.workspace);
    float* const reset = spare_h + steps_.state_size();
    for (; body.step < steps_.count; ++body.step) {
      const bool ends_in_output = (steps_.count - body.step) % 2 == 1;
      body.next_h = ends_in_output ? args.output<float>(1) : spare_h;
      if constexpr (cell == CellFn::gru) {
        Launcher::launch(GruResetBody{body.steps, body.step, body.h, reset}, stream);
        body.reset = reset;
      }
      Launcher::launch(body, stream);
      body.h = body.next_h;
      body.c = body.next_c;
    }
  }

 private:
  RecurrentStepBody<cell> first_step(const KernelArgs& args) const {
    RecurrentStepBody<cell> body = {.steps = steps_, .h = args.input<float>(op_.first_state())};
    body.steps.gates = args.input<float>(0);
    body.steps.kernel = args.input<float>(1);
    body.steps.output = args.output<float>(0);
    if (op_.masked) body.steps.mask = args.input<std::uint8_t>(op_.mask_input());
    if constexpr (cell == CellFn::gru_reset_after) body.steps.bias = args.input<float>(2);
    if constexpr (cell == CellFn::lstm) {
      body.c = args.input<float>(op_.first_state() + 1);
      body.next_c = args.output<float>(2);
    }
    return body;
  }

  void copy_states(const KernelArgs& args, Stream& stream) const {
    for (std::size_t i = 0; i < op_.state_count(); ++i) {
      Launcher::launch(ActivationBody<float>{.function = {},
                                             .size = steps_.state_size(),
                                             .input = args.input<float>(op_.first_state() + i),
                                             .output = args.output<float>(1 + i)},
                       stream);
    }
  }

  Recurrent op_;
  RecurrentSteps steps_;
};

template <typename Launcher>
std::unique_ptr<Kernel> create_recurrent(const NodeView& node, KernelBuild& build) {
  ask_for_constants(node, build);
  switch (node.as<Recurrent>().cell) {
    case CellFn::simple: return std::make_unique<RecurrentKernel<Launcher, CellFn::simple>>(node);
    case CellFn::lstm: return std::make_unique<RecurrentKernel<Launcher, CellFn::lstm>>(node);
    case CellFn::gru: return std::make_unique<RecurrentKernel<Launcher, CellFn::gru>>(node);
    case CellFn::gru_reset_after: break;
  }
  return std::make_unique<RecurrentKernel<Launcher, CellFn::gru_reset_after>>(node);
}

}  // namespace keraunos::cuda
