#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/padded_image.hpp"
#include "kernels/cpu/own/panels.hpp"
#include "kernels/cpu/own/recurrent_cell.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/recurrent.hpp"

namespace keraunos::cpu::own {
namespace {

/// The recurrent product is a convolution of the states, line by line as in the convolution kernel.
/// Threads take sequences of their own where there are enough, else the lines of each step.
class ConvRecurrentKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    const Recurrent& recurrent = node.as<Recurrent>();
    if (recurrent.windows.empty()) return Verdict::no("takes recurrent convolutions only");
    return can_step_fast(node);
  }

  ConvRecurrentKernel(const NodeView& node, KernelBuild& build)
      : steps_(node),
        cell_(node.as<Recurrent>(), steps_.units),
        fn_(node.as<Recurrent>().cell),
        geometry_(product_geometry(node)),
        image_(geometry_),
        segments_(geometry_, image_, 1),
        panels_(recurrent_panels(node, build, geometry_.window_cells() * steps_.units)) {
    const std::int64_t multiply_adds =
        steps_.cells * steps_.columns * geometry_.window_cells() * steps_.units;
    threads_ =
        useful_threads(build.options().threads, multiply_add_time(steps_.batch * multiply_adds));
    sequence_per_thread_ = steps_.batch >= threads_;
    raw_run_time_inputs(node, build);
  }

  std::size_t workspace_bytes() const override {
    return static_cast<std::size_t>((sequence_per_thread_ ? threads_ : 1) * floats()) *
           sizeof(float);
  }

  void run(const KernelArgs& args, Stream&) const override {
    auto* workspace = static_cast<float*>(args.workspace);
    const int teams = sequence_per_thread_ ? threads_ : 1;
    const int threads = sequence_per_thread_ ? 1 : threads_;
    parallel_for(teams, steps_.batch, [&](std::int64_t begin, std::int64_t end, int team) {
      for (std::int64_t i = begin; i < end; ++i) {
        steps_.copy_states(args, i);
        for (std::int64_t step = 0; step < steps_.count; ++step) {
          run_step(args, i, step, workspace + team * floats(), threads);
        }
      }
    });
  }

 private:
  /// The product, r*h or what the cell needs, and the states within their padding.
  std::int64_t floats() const {
    return steps_.cells * (steps_.columns + steps_.units) +
           (image_.is_copy() ? image_.floats() : 0);
  }

  void run_step(const KernelArgs& args, std::int64_t sequence, std::int64_t step, float* product,
                int threads) const {
    if (steps_.is_masked(args, sequence, step)) {
      steps_.write_masked_output(args, sequence, step);
      return;
    }
    float* scratch = product + steps_.cells * steps_.columns;
    float* padded = scratch + steps_.cells * steps_.units;
    const float* gates = steps_.gates(args, sequence, step);
    float* h = steps_.state(args, 0, sequence);
    float* c = fn_ == CellFn::lstm ? steps_.state(args, 1, sequence) : h;
    const std::int64_t at_once = fn_ == CellFn::gru ? 2 * panels_.per_group() : panels_.count();
    multiply(h, padded, product, 0, at_once, threads);
    if (fn_ == CellFn::gru) {
      for_each_position(threads, [&](std::int64_t columns, std::int64_t units) {
        cell_.reset(gates + columns, product + columns, h + units, scratch + units);
      });
      multiply(scratch, padded, product, at_once, panels_.count(), threads);
    }
    for_each_position(threads, [&](std::int64_t columns, std::int64_t units) {
      cell_.next(gates + columns, product + columns, h + units, c + units, scratch + units);
    });
    steps_.write_output(args, sequence, step);
  }

  /// body(where its gates start, where its units start)
  template <typename Body>
  void for_each_position(int threads, const Body& body) const {
    parallel_for(threads, steps_.cells, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) body(i * steps_.columns, i * steps_.units);
    });
  }

  /// Panels [first, last) over all positions.
  void multiply(const float* states, float* padded, float* product, std::int64_t first,
                std::int64_t last, int threads) const {
    if (image_.is_copy()) {
      parallel_for(threads, image_.rows(), [&](std::int64_t begin, std::int64_t end) {
        image_.fill_rows(states, padded, begin, end);
      });
      states = padded;
    }
    const auto& [depth, height, width] = geometry_.axes;
    const std::int64_t panels = last - first;
    parallel_for(threads, depth.output * height.output * panels,
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t task = begin; task < end; ++task) {
                     run_line(states, product, task / panels, first + task % panels);
                   }
                 });
  }

  void run_line(const float* image, float* product, std::int64_t line, std::int64_t panel) const {
    const auto& [depth, height, width] = geometry_.axes;
    GemmBlock block = {};
    panels_.fill(block, panel);
    block.src =
        image + line / height.output * image_.plane() + line % height.output * image_.line();
    block.src_step = image_.pixel();
    block.segments = segments_.starts;
    block.segment_length = segments_.length;
    block.dst = product + line * width.output * steps_.columns + panels_.first_column(panel);
    block.dst_step = steps_.columns;
    simd().gemm(block, width.output);
  }

  RecurrentSteps steps_;
  RecurrentCell cell_;
  CellFn fn_;
  SlidingGeometry geometry_;
  PaddedImage image_;
  WindowSegments segments_;
  Panels panels_;
  int threads_ = 1;
  bool sequence_per_thread_ = true;
};

}  // namespace

KernelEntry conv_recurrent() { return make_entry<ConvRecurrentKernel>("own recurrent conv"); }

}  // namespace keraunos::cpu::own
