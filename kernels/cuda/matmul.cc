#include "runtime/ops/matmul.hpp"
#include "kernels/cuda/kernels.hpp"
#include "kernels/cuda/own/weights.hpp"
#include "kernels/cuda/problem.hpp"
#include "kernels/cuda/product.hpp"

namespace keraunos::cuda {
namespace {

Product product_of(const NodeView& node, KernelBuild& build) {
  Product product;
  product.depth = node.inputs[1].dims[0];
  product.columns = node.inputs[1].dims[1];
  product.rows = node.inputs[0].size() / product.depth;
  product.dtype = node.inputs[0].dtype;
  product.tf32 = uses_tf32(product.dtype, build.options().precision);
  product.activation = node.as<MatMul>().activation;
  if (node.inputs.size() > 2) product.bias = packed_as(build, 2, node.inputs[2], product.dtype);
  return product;
}

class CublasLtMatmul final : public Kernel {
 public:
  CublasLtMatmul(const NodeView& node, KernelBuild& build)
      : matrix_(packed_as(build, 1, node.inputs[1], node.inputs[0].dtype)),
        product_(product_of(node, build), target_of(build.options())) {}

  std::size_t workspace_bytes() const override { return product_.workspace_bytes(); }

  std::size_t launches() const override { return product_.launches(); }

  void run(const KernelArgs& args, Stream& stream) const override {
    product_.run(args.inputs[0], matrix_, args.outputs[0], args.workspace,
                 static_cast<CudaStream&>(stream));
  }

 private:
  const void* matrix_;
  LtProduct product_;
};

Verdict accepts(const NodeView& node, const BuildOptions&) { return accept_weights(node); }

std::unique_ptr<Kernel> create(const NodeView& node, KernelBuild& build) {
  return std::make_unique<CublasLtMatmul>(node, build);
}

}  // namespace

const KernelEntry cublas_lt_matmul = {"cublaslt matmul", accepts, create};

}  // namespace keraunos::cuda
