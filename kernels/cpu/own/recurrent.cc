#include "kernels/reference/recurrent.hpp"

#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/panels.hpp"
#include "kernels/cpu/own/recurrent_cell.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"

namespace keraunos::cpu::own {
namespace {

/// One small product per step, with the recurrent kernel packed once. Threads take sequences of
/// their own, which need not wait for each other; where there are too few sequences, the columns of
/// each step's product.
class RecurrentKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    if (!node.as<Recurrent>().windows.empty())
      return Verdict::no("takes no recurrent convolutions");
    return can_step_fast(node);
  }

  RecurrentKernel(const NodeView& node, KernelBuild& build)
      : steps_(node),
        cell_(node.as<Recurrent>(), steps_.units),
        fn_(node.as<Recurrent>().cell),
        panels_(recurrent_panels(node, build, steps_.units)) {
    raw_run_time_inputs(node, build);
    const double step = multiply_add_time(steps_.batch * steps_.units * steps_.columns) +
                        0.5 * static_cast<double>(steps_.batch * steps_.columns);
    const int threads = build.options().threads;
    const int of_sequences = static_cast<int>(std::min<std::int64_t>(
        useful_threads(threads, step * static_cast<double>(steps_.count)), steps_.batch));
    const int of_columns = useful_threads(threads, step);
    (of_columns > of_sequences ? column_threads_ : sequence_threads_) =
        std::max(of_columns, of_sequences);
  }

  /// The products of all sequences, and a vector of units for each.
  std::size_t workspace_bytes() const override {
    return static_cast<std::size_t>(steps_.batch * (steps_.columns + steps_.units)) * sizeof(float);
  }

  void run(const KernelArgs& args, Stream&) const override {
    parallel_for(sequence_threads_, steps_.batch, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) steps_.copy_states(args, i);
      for (std::int64_t step = 0; step < steps_.count; ++step) run_step(args, begin, end, step);
    });
  }

 private:
  float* product(const KernelArgs& args, std::int64_t sequence) const {
    return static_cast<float*>(args.workspace) + sequence * steps_.columns;
  }
  float* scratch(const KernelArgs& args, std::int64_t sequence) const {
    return product(args, steps_.batch) + sequence * steps_.units;
  }

  void run_step(const KernelArgs& args, std::int64_t begin, std::int64_t end,
                std::int64_t step) const {
    const std::int64_t at_once = fn_ == CellFn::gru ? 2 * panels_.per_group() : panels_.count();
    multiply(steps_.state(args, 0, begin), product(args, begin), end - begin, 0, at_once);
    if (fn_ == CellFn::gru) {
      for (std::int64_t i = begin; i < end; ++i) {
        cell_.reset(steps_.gates(args, i, step), product(args, i), steps_.state(args, 0, i),
                    scratch(args, i));
      }
      multiply(scratch(args, begin), product(args, begin), end - begin, at_once, panels_.count());
    }
    for (std::int64_t i = begin; i < end; ++i) {
      if (steps_.is_masked(args, i, step)) {
        steps_.write_masked_output(args, i, step);
        continue;
      }
      float* c = fn_ == CellFn::lstm ? steps_.state(args, 1, i) : nullptr;
      cell_.next(steps_.gates(args, i, step), product(args, i), steps_.state(args, 0, i), c,
                 scratch(args, i));
      steps_.write_output(args, i, step);
    }
  }

  /// Panels [first, last) for `rows` neighbouring sequences.
  void multiply(const float* states, float* products, std::int64_t rows, std::int64_t first,
                std::int64_t last) const {
    parallel_for(column_threads_, last - first, [&](std::int64_t begin, std::int64_t end) {
      constexpr std::int64_t whole_row = 0;
      GemmBlock block = {};
      block.src = states;
      block.src_step = steps_.units;
      block.segments = {&whole_row, 1};
      block.segment_length = steps_.units;
      block.dst_step = steps_.columns;
      for (std::int64_t panel = first + begin; panel < first + end; ++panel) {
        panels_.fill(block, panel);
        block.dst = products + panels_.first_column(panel);
        simd().gemm(block, rows);
      }
    });
  }

  RecurrentSteps steps_;
  RecurrentCell cell_;
  CellFn fn_;
  Panels panels_;
  int sequence_threads_ = 1;
  int column_threads_ = 1;
};

}  // namespace

KernelEntry recurrent() { return make_entry<RecurrentKernel>("own recurrent"); }

}  // namespace keraunos::cpu::own
