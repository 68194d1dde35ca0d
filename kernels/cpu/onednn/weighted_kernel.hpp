#pragma once

#include <optional>

#include "kernels/cpu/onednn/primitive.hpp"
#include "kernels/cpu/own/elementwise.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"

namespace keraunos::cpu::onednn {

/// What convolution and matrix product share: constant weights in oneDNN's favourite layout, an
/// optional bias, and an activation as a pass of our own. A Problem is one node in oneDNN's terms:
///   using Op, using Primitive
///   Problem(node, options)
///   int threads                      the number that pays off
///   memory::desc weights()           dims only, any layout
///   memory::desc stored_weights()    as Keras stores them
///   describe(weights, has_bias)      the primitive's descriptor for a layout of the weights
template <typename Problem>
class WeightedKernel : public Kernel {
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
      const Problem problem(node, options);
      const ThreadLimit limit(problem.threads);
      return is_fast(best_descriptor(problem, node.inputs.size() > 2));
    } catch (const dnnl::error& error) {
      return Verdict::no(std::string("oneDNN refuses: ") + error.message);
    }
  }

  WeightedKernel(const NodeView& node, KernelBuild& build)
      : activation_(node.as<typename Problem::Op>().activation, node.outputs[0].size(),
                    build.options().threads) {
    translated([&] {
      const bool has_bias = node.inputs.size() > 2;
      const Problem problem(node, build.options());
      const ThreadLimit limit(problem.threads);
      const auto descriptor = best_descriptor(problem, has_bias);
      std::vector<Argument> arguments = {
          {DNNL_ARG_SRC, descriptor.src_desc()},
          {DNNL_ARG_DST, descriptor.dst_desc()},
          {DNNL_ARG_WEIGHTS, descriptor.weights_desc(),
           pack_weights(build, 1, problem.stored_weights(), descriptor.weights_desc())}};
      if (has_bias) arguments.push_back({DNNL_ARG_BIAS, descriptor.bias_desc(), build.raw(2)});
      primitive_.emplace(typename Problem::Primitive(descriptor), descriptor.scratchpad_desc(),
                         problem.threads, std::move(arguments));
    });
  }

  std::size_t workspace_bytes() const override { return primitive_->workspace_bytes(); }

  void run(const KernelArgs& args, Stream&) const override {
    primitive_->run({args.inputs[0], args.outputs[0]}, args.workspace);
    activation_.run_in_place(args.output<float>());
  }

 private:
  /// With the weights as oneDNN likes them, unless only oneDNN could name that layout.
  static auto best_descriptor(const Problem& problem, bool has_bias) {
    auto best = problem.describe(problem.weights(), has_bias);
    if (!best || !layout_name(best.weights_desc()).empty()) return best;
    return problem.describe(problem.stored_weights(), has_bias);
  }

  std::optional<Primitive> primitive_;
  UnaryPass activation_;
};

}  // namespace keraunos::cpu::onednn
