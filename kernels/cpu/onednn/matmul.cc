#include "kernels/cpu/onednn/kernels.hpp"
#include "kernels/cpu/onednn/weighted_kernel.hpp"

namespace keraunos::cpu::onednn {
namespace {

using dnnl::memory;

/// All leading axes of the input are rows of one matrix: an inner product to oneDNN, which calls
/// the transposed matrix its weights.
struct MatMulProblem {
  using Op = MatMul;
  using Primitive = dnnl::inner_product_forward;

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
  memory::desc weights() const {
    return {{columns, rows}, memory::data_type::f32, memory::format_tag::any};
  }
  memory::desc stored_weights() const {
    return {{columns, rows}, memory::data_type::f32, memory::format_tag::ba};
  }
  memory::desc bias() const { return {{columns}, memory::data_type::f32, memory::format_tag::a}; }

  Primitive::primitive_desc describe(const memory::desc& weights, bool has_bias) const {
    return onednn::describe<Primitive>(dnnl::prop_kind::forward_inference, matrix(vectors, rows),
                                       weights, has_bias ? bias() : memory::desc(),
                                       matrix(vectors, columns));
  }
};

}  // namespace

KernelEntry matmul() { return make_entry<WeightedKernel<MatMulProblem>>("onednn matmul"); }

}  // namespace keraunos::cpu::onednn
