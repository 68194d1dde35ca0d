#include "kernels/reference/recurrent.hpp"

#include "kernels/reference/activation.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"

namespace keraunos::reference {
namespace {

/// One sequence of the batch after the other, one step after the other. The states are kept in the
/// outputs that hold the last ones in the end.
class RecurrentKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return can_step(node); }

  RecurrentKernel(const NodeView& node, KernelBuild& build)
      : recurrent_(node.as<Recurrent>()), steps_(node), geometry_(product_geometry(node)) {
    raw_constants(node, build);
  }

  /// The recurrent product of one sequence, and r*h of a gru.
  std::size_t workspace_bytes() const override {
    return static_cast<std::size_t>(steps_.cells * (steps_.columns + steps_.units)) *
           sizeof(double);
  }

  void run(const KernelArgs& args, Stream&) const override {
    for (std::int64_t sequence = 0; sequence < steps_.batch; ++sequence) {
      steps_.copy_states(args, sequence);
      for (std::int64_t step = 0; step < steps_.count; ++step) run_step(args, sequence, step);
    }
  }

 private:
  void run_step(const KernelArgs& args, std::int64_t sequence, std::int64_t step) const {
    if (steps_.is_masked(args, sequence, step)) {
      steps_.write_masked_output(args, sequence, step);
      return;
    }
    const float* gates = steps_.gates(args, sequence, step);
    const std::int64_t units = steps_.units;
    auto* product = static_cast<double*>(args.workspace);
    double* reset = product + steps_.cells * steps_.columns;
    float* h = steps_.state(args, 0, sequence);
    const std::int64_t at_once = recurrent_.cell == CellFn::gru ? 2 * units : steps_.columns;
    add_product(args, h, 0, at_once, product);
    if (recurrent_.cell == CellFn::gru) {
      for (std::int64_t i = 0; i < steps_.cells * units; ++i) {
        const std::int64_t r = i / units * steps_.columns + units + i % units;
        reset[i] = activate(recurrent_.recurrent_activation, gates[r] + product[r]) * h[i];
      }
      add_product(args, reset, at_once, steps_.columns, product);
    }
    for (std::int64_t i = 0; i < steps_.cells * units; ++i) {
      const std::int64_t first = i / units * steps_.columns + i % units;
      if (recurrent_.cell == CellFn::lstm) {
        step_lstm(gates + first, product + first, h[i], steps_.state(args, 1, sequence)[i]);
      } else {
        h[i] = static_cast<float>(next(gates + first, product + first, h[i]));
      }
    }
    steps_.write_output(args, sequence, step);
  }

  /// Columns [begin, end) of the product of `state` with the kernel, for every cell.
  template <typename State>
  void add_product(const KernelArgs& args, const State* state, std::int64_t begin, std::int64_t end,
                   double* product) const {
    const std::int64_t units = steps_.units;
    for (std::int64_t cell = 0; cell < steps_.cells; ++cell) {
      for (std::int64_t column = begin; column < end; ++column) {
        double sum = recurrent_.cell == CellFn::gru_reset_after ? args.input<float>(2)[column] : 0;
        for_each_cell(geometry_, cell, [&](std::int64_t source, std::int64_t k) {
          for (std::int64_t i = 0; i < units; ++i) {
            sum += static_cast<double>(state[source * units + i]) *
                   args.input<float>(1)[(k * units + i) * steps_.columns + column];
          }
        });
        product[cell * steps_.columns + column] = sum;
      }
    }
  }

  double activated(const Unary& activation, const float* gates, const double* product,
                   std::int64_t gate) const {
    const std::int64_t i = gate * steps_.units;
    return activate(activation, gates[i] + product[i]);
  }

  /// h of the cells with one state.
  double next(const float* gates, const double* product, double h) const {
    if (recurrent_.cell == CellFn::simple) {
      return activated(recurrent_.activation, gates, product, 0);
    }
    const double z = activated(recurrent_.recurrent_activation, gates, product, 0);
    const std::int64_t i = 2 * steps_.units;
    double recurrent = product[i];
    if (recurrent_.cell == CellFn::gru_reset_after) {
      recurrent *= activated(recurrent_.recurrent_activation, gates, product, 1);
    }
    return z * h + (1 - z) * activate(recurrent_.activation, gates[i] + recurrent);
  }

  void step_lstm(const float* gates, const double* product, float& h, float& c) const {
    const double i = activated(recurrent_.recurrent_activation, gates, product, 0);
    const double f = activated(recurrent_.recurrent_activation, gates, product, 1);
    const double candidate = activated(recurrent_.activation, gates, product, 2);
    const double o = activated(recurrent_.recurrent_activation, gates, product, 3);
    const double carried = f * c + i * candidate;
    c = static_cast<float>(carried);
    h = static_cast<float>(o * activate(recurrent_.activation, carried));
  }

  Recurrent recurrent_;
  RecurrentSteps steps_;
  SlidingGeometry geometry_;
};

}  // namespace

KernelEntry recurrent() { return make_entry<RecurrentKernel>("reference recurrent"); }

}  // namespace keraunos::reference
