#include <optional>

#include "kernels/cpu/onednn/kernels.hpp"
#include "kernels/cpu/onednn/primitive.hpp"
#include "kernels/cpu/own/elementwise.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/sliding.hpp"

namespace keraunos::cpu::onednn {
namespace {

using dnnl::memory;

/// A convolution as oneDNN sees it: channels second in `dims`, channels last in memory.
struct ConvProblem {
  SlidingGeometry geometry;
  std::int64_t groups;
  std::size_t first_axis;  // of geometry.axes: oneDNN takes two or three spatial axes
  int threads;

  ConvProblem(const NodeView& node, const BuildOptions& options)
      : geometry(node.as<Conv>().windows, node.inputs[0].dims, node.outputs[0].dims),
        groups(node.as<Conv>().groups),
        first_axis(node.as<Conv>().windows.size() == 3 ? 0 : 1) {
    const std::int64_t multiply_adds = node.outputs[0].size() * geometry.window_cells() *
                                       (geometry.in_channels / std::max<std::int64_t>(groups, 1));
    threads = useful_threads(options.threads, multiply_add_time(multiply_adds));
  }

  /// front..., then get(axis) of every spatial axis.
  template <typename Get>
  memory::dims dims(memory::dims front, Get&& get) const {
    for (std::size_t i = first_axis; i < geometry.axes.size(); ++i) {
      front.push_back(get(geometry.axes[i]));
    }
    return front;
  }

  memory::desc tensor(std::int64_t channels, std::int64_t SlidingAxis::*size) const {
    const auto tag = first_axis == 0 ? memory::format_tag::ndhwc : memory::format_tag::nhwc;
    return {dims({geometry.batch, channels}, [&](const SlidingAxis& axis) { return axis.*size; }),
            memory::data_type::f32, tag};
  }
  memory::desc src() const { return tensor(geometry.in_channels, &SlidingAxis::input); }
  memory::desc dst() const { return tensor(geometry.out_channels, &SlidingAxis::output); }
  memory::desc bias() const {
    return {{geometry.out_channels}, memory::data_type::f32, memory::format_tag::a};
  }

  memory::dims weights_dims() const {
    const std::int64_t out = geometry.out_channels / groups;
    const std::int64_t in = geometry.in_channels / groups;
    return dims(groups == 1 ? memory::dims{out, in} : memory::dims{groups, out, in},
                [](const SlidingAxis& axis) { return axis.size; });
  }

  /// Keras's order: spatial axes, input channels, then all output channels, group by group.
  memory::desc stored_weights() const {
    const std::int64_t out = geometry.out_channels;
    memory::dims strides = groups == 1 ? memory::dims{1, out}
                                       : memory::dims{out / groups, 1, out};
    std::int64_t cells = geometry.window_cells();
    for (std::size_t i = first_axis; i < geometry.axes.size(); ++i) {
      cells /= geometry.axes[i].size;
      strides.push_back(cells * geometry.in_channels / groups * out);
    }
    return {weights_dims(), memory::data_type::f32, strides};
  }

  /// `weights` may leave the layout to oneDNN.
  dnnl::convolution_forward::primitive_desc describe(const memory::desc& weights,
                                                     bool has_bias) const {
    const auto each = [&](auto get) { return dims({}, get); };
    return onednn::describe<dnnl::convolution_forward>(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, src(), weights,
        has_bias ? bias() : memory::desc(), dst(),
        each([](const SlidingAxis& axis) { return axis.stride; }),
        each([](const SlidingAxis& axis) { return axis.dilation - 1; }),
        each([](const SlidingAxis& axis) { return axis.pad.before; }),
        each([](const SlidingAxis& axis) { return axis.pad.after; }));
  }

  /// The layout that oneDNN likes best for the weights, unless only oneDNN could describe it.
  dnnl::convolution_forward::primitive_desc describe(bool has_bias) const {
    const ThreadLimit limit(threads);
    const memory::desc any(weights_dims(), memory::data_type::f32, memory::format_tag::any);
    auto best = describe(any, has_bias);
    if (!best || !layout_name(best.weights_desc()).empty()) return best;
    return describe(stored_weights(), has_bias);
  }
};

class ConvKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions& options) {
    if (const Verdict dtypes = all_float32(node); !dtypes) return dtypes;
    for (std::size_t i = 1; i < node.inputs.size(); ++i) {
      if (!node.is_constant(i)) return Verdict::no("takes constant weights only");
    }
    if (node.inputs[0].size() == 0 || node.inputs[1].size() == 0) {
      return Verdict::no("takes no empty tensors");
    }
    try {
      return is_fast(ConvProblem(node, options).describe(node.inputs.size() > 2));
    } catch (const dnnl::error& error) {
      return Verdict::no(std::string("oneDNN refuses: ") + error.message);
    }
  }

  ConvKernel(const NodeView& node, KernelBuild& build)
      : activation_(node.as<Conv>().activation, node.outputs[0].size(), build.options().threads) {
    translated([&] {
      const bool has_bias = node.inputs.size() > 2;
      const ConvProblem problem(node, build.options());
      const auto descriptor = problem.describe(has_bias);
      const ThreadLimit limit(problem.threads);
      std::vector<Argument> arguments = {
          {DNNL_ARG_SRC, descriptor.src_desc()},
          {DNNL_ARG_DST, descriptor.dst_desc()},
          {DNNL_ARG_WEIGHTS, descriptor.weights_desc(),
           pack_weights(build, 1, problem.stored_weights(), descriptor.weights_desc())}};
      if (has_bias) arguments.push_back({DNNL_ARG_BIAS, descriptor.bias_desc(), build.raw(2)});
      primitive_.emplace(dnnl::convolution_forward(descriptor), descriptor.scratchpad_desc(),
                         problem.threads, std::move(arguments));
    });
  }

  std::size_t workspace_bytes() const override { return primitive_->workspace_bytes(); }

  void run(const KernelArgs& args, Stream&) const override {
    primitive_->run({args.inputs[0], args.outputs[0]}, args.workspace);
    activation_.run_in_place(args.output<float>());
  }

 private:
  std::optional<Primitive> primitive_;
  UnaryPass activation_;
};

}  // namespace

KernelEntry conv() { return make_entry<ConvKernel>("onednn conv"); }

}  // namespace keraunos::cpu::onednn
