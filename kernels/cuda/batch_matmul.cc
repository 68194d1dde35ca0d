#include <fmt/format.h>

#include "kernels/cuda/kernels.hpp"
#include "kernels/cuda/own/weights.hpp"
#include "kernels/cuda/problem.hpp"
#include "kernels/cuda/product_batches.hpp"

namespace keraunos::cuda {
namespace {

class CublasLtBatchMatmul final : public Kernel {
 public:
  CublasLtBatchMatmul(const NodeView& node, KernelBuild& build)
      : CublasLtBatchMatmul(node, build, product_batches(node, build.options().precision)) {}

  std::size_t workspace_bytes() const override { return product_.workspace_bytes(); }

  std::size_t launches() const override { return offsets_.size() * product_.launches(); }

  void run(const KernelArgs& args, Stream& stream) const override {
    const void* const left = left_ != nullptr ? left_ : args.inputs[0];
    const void* const right = right_ != nullptr ? right_ : args.inputs[1];
    for (const auto& offset : offsets_) {
      product_.run(at(left, offset.left), at(right, offset.right),
                   const_cast<void*>(at(args.outputs[0], offset.output)), args.workspace,
                   static_cast<CudaStream&>(stream));
    }
  }

 private:
  CublasLtBatchMatmul(const NodeView& node, KernelBuild& build, ProductBatches batches)
      : left_(constant(node, build, 0)),
        right_(constant(node, build, 1)),
        element_size_(size_of(batches.product.dtype)),
        offsets_(std::move(batches.offsets)),
        product_(batches.product, target_of(build.options())) {}

  static const void* constant(const NodeView& node, KernelBuild& build, std::size_t input) {
    if (!node.is_constant(input)) return nullptr;
    return packed_as(build, input, node.inputs[input], node.outputs[0].dtype);
  }

  const void* at(const void* elements, std::int64_t offset) const {
    return static_cast<const std::byte*>(elements) +
           static_cast<std::size_t>(offset) * element_size_;
  }

  const void* left_;  // null: made at run time
  const void* right_;
  std::size_t element_size_;
  std::vector<ProductBatches::Offsets> offsets_;
  LtProduct product_;
};

Verdict accepts(const NodeView& node, const BuildOptions&) {
  const DType dtype = node.outputs[0].dtype;
  if (const Verdict verdict = accept_data(dtype); !verdict) return verdict;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const DType operand = node.inputs[i].dtype;
    if (operand != dtype && !(node.is_constant(i) && operand == DType::float32)) {
      return Verdict::no(fmt::format("multiplies operands of one type, not {} for {}",
                                     to_string(operand), to_string(dtype)));
    }
  }
  return accept_filled(node);
}

std::unique_ptr<Kernel> create(const NodeView& node, KernelBuild& build) {
  return std::make_unique<CublasLtBatchMatmul>(node, build);
}

}  // namespace

const KernelEntry cublas_lt_batch_matmul = {"cublaslt batch matmul", accepts, create};

}  // namespace keraunos::cuda
