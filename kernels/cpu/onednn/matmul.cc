#include <optional>

#include "kernels/cpu/onednn/kernels.hpp"
#include "kernels/cpu/onednn/primitive.hpp"
#include "kernels/cpu/own/elementwise.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"

namespace keraunos::cpu::onednn {
namespace {

using dnnl::memory;

/// All leading axes of the input are rows of one matrix: an inner product to oneDNN, which calls
/// the transposed matrix its weights.
struct MatMulProblem {
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t vectors;
  int threads;

  MatMulProblem(const NodeView& node, const BuildOptions& options)
      : rows(node.inputs[1].dims[0]),
        columns(node.inputs[1].dims[1]),
        vectors(node.inputs[0].size() / std::max<std::int64_t>(rows, 1)),
        threads(useful_threads(options.threads, multiply_add_time(vectors * rows * columns))) {}

  memory::desc matrix(std::int64_t height, std::int64_t width) const {
    return {{height, width}, memory::data_type::f32, memory::format_tag::ab};
  }
  memory::desc stored_weights() const {
    return {{columns, rows}, memory::data_type::f32, memory::format_tag::ba};
  }
  memory::desc bias() const {
    return {{columns}, memory::data_type::f32, memory::format_tag::a};
  }

  dnnl::inner_product_forward::primitive_desc describe(const memory::desc& weights,
                                                       bool has_bias) const {
    return onednn::describe<dnnl::inner_product_forward>(
        dnnl::prop_kind::forward_inference, matrix(vectors, rows), weights,
        has_bias ? bias() : memory::desc(), matrix(vectors, columns));
  }

  dnnl::inner_product_forward::primitive_desc describe(bool has_bias) const {
    const ThreadLimit limit(threads);
    const memory::desc any({columns, rows}, memory::data_type::f32, memory::format_tag::any);
    auto best = describe(any, has_bias);
    if (!best || !layout_name(best.weights_desc()).empty()) return best;
    return describe(stored_weights(), has_bias);
  }
};

class MatMulKernel : public Kernel {
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
      return is_fast(MatMulProblem(node, options).describe(node.inputs.size() > 2));
    } catch (const dnnl::error& error) {
      return Verdict::no(std::string("oneDNN refuses: ") + error.message);
    }
  }

  MatMulKernel(const NodeView& node, KernelBuild& build)
      : activation_(node.as<MatMul>().activation, node.outputs[0].size(),
                    build.options().threads) {
    translated([&] {
      const bool has_bias = node.inputs.size() > 2;
      const MatMulProblem problem(node, build.options());
      const auto descriptor = problem.describe(has_bias);
      const ThreadLimit limit(problem.threads);
      std::vector<Argument> arguments = {
          {DNNL_ARG_SRC, descriptor.src_desc()},
          {DNNL_ARG_DST, descriptor.dst_desc()},
          {DNNL_ARG_WEIGHTS, descriptor.weights_desc(),
           pack_weights(build, 1, problem.stored_weights(), descriptor.weights_desc())}};
      if (has_bias) arguments.push_back({DNNL_ARG_BIAS, descriptor.bias_desc(), build.raw(2)});
      primitive_.emplace(dnnl::inner_product_forward(descriptor), descriptor.scratchpad_desc(),
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

KernelEntry matmul() { return make_entry<MatMulKernel>("onednn matmul"); }

}  // namespace keraunos::cpu::onednn
