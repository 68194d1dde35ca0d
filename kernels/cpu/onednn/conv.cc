#include "kernels/cpu/onednn/kernels.hpp"
#include "kernels/cpu/onednn/weighted_kernel.hpp"
#include "kernels/reference/sliding.hpp"

namespace keraunos::cpu::onednn {
namespace {

using dnnl::memory;

/// A convolution as oneDNN sees it: channels second in `dims`, channels last in memory.
struct ConvProblem {
  using Op = Conv;
  using Primitive = dnnl::convolution_forward;

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

  memory::desc weights() const {
    return {weights_dims(), memory::data_type::f32, memory::format_tag::any};
  }

  /// Keras's order: spatial axes, input channels, then all output channels, group by group.
  memory::desc stored_weights() const {
    const std::int64_t out = geometry.out_channels;
    memory::dims strides = groups == 1 ? memory::dims{1, out} : memory::dims{out / groups, 1, out};
    std::int64_t cells = geometry.window_cells();
    for (std::size_t i = first_axis; i < geometry.axes.size(); ++i) {
      cells /= geometry.axes[i].size;
      strides.push_back(cells * geometry.in_channels / groups * out);
    }
    return {weights_dims(), memory::data_type::f32, strides};
  }

  Primitive::primitive_desc describe(const memory::desc& weights, bool has_bias) const {
    const auto each = [&](auto get) { return dims({}, get); };
    return onednn::describe<Primitive>(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, src(), weights,
        has_bias ? bias() : memory::desc(), dst(),
        each([](const SlidingAxis& axis) { return axis.stride; }),
        each([](const SlidingAxis& axis) { return axis.dilation - 1; }),
        each([](const SlidingAxis& axis) { return axis.pad.before; }),
        each([](const SlidingAxis& axis) { return axis.pad.after; }));
  }
};

class ConvKernel : public WeightedKernel<ConvProblem> {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions& options) {
    if (!node.as<Conv>().input_clamp.is_identity()) return Verdict::no("does not clamp its input");
    return WeightedKernel::accepts(node, options);
  }
  using WeightedKernel::WeightedKernel;
};

}  // namespace

KernelEntry conv() { return make_entry<ConvKernel>("onednn conv"); }

}  // namespace keraunos::cpu::onednn
