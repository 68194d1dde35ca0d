#pragma once

#include <cstdint>

#include "kernels/cuda/cuda_backend.hpp"
#include "runtime/ops/unary.hpp"

// Matrix products by cuBLASLt. Only product.cc speaks its language; everything else describes
// row-major matrices.

namespace keraunos::cuda {

// As for cuDNN, so that tensors may begin inside others.
inline constexpr std::uint32_t tensor_alignment = 16;

/// output = activation(left @ right + bias), or a batch of such products. Matrices are dense and
/// row-major: left (rows, depth), right (depth, columns), output (rows, columns).
struct Product {
  std::int64_t rows = 1;
  std::int64_t columns = 1;
  std::int64_t depth = 1;
  bool transpose_left = false;   // left is stored as (depth, rows)
  bool transpose_right = false;  // right is stored as (columns, depth)
  std::int64_t batch = 1;
  std::int64_t left_step = 0;  // elements from one matrix of a batch to the next; 0 repeats it
  std::int64_t right_step = 0;
  DType dtype = DType::float32;                // of all matrices and the bias; sums are float32
  bool tf32 = false;                           // float32 elements may be rounded to TF32
  std::uint32_t alignment = tensor_alignment;  // of all pointers, in bytes
  const void* bias = nullptr;                  // device memory, `columns` elements; null: none
  Unary activation;
};

struct DestroyMatmulDesc {
  void operator()(cublasLtMatmulDesc_t desc) const noexcept {
    cublas_lt().matmul_desc_destroy(desc);
  }
};
struct DestroyLayout {
  void operator()(cublasLtMatrixLayout_t layout) const noexcept {
    cublas_lt().layout_destroy(layout);
  }
};

/// A product with its algorithm chosen. Immutable; many threads may run it at once.
class LtProduct {
 public:
  /// Throws Error(unsupported) where cuBLASLt has no algorithm. Which one a described GPU would
  /// take is not known: that product can be planned, not run, and tells no workspace.
  LtProduct(const Product& product, GpuTarget& target);

  std::size_t workspace_bytes() const { return workspace_bytes_; }
  std::size_t launches() const { return remaining_.is_identity() ? 1 : 2; }

  /// Device pointers, aligned as the product says; the right matrix too. In stream order.
  void run(const void* left, const void* right, void* output, void* workspace,
           CudaStream& stream) const;

 private:
  using OwnedMatmulDesc = Owned<cublasLtMatmulDesc_t, DestroyMatmulDesc>;
  using OwnedLayout = Owned<cublasLtMatrixLayout_t, DestroyLayout>;

  void describe(const Product& product);
  static OwnedLayout layout(const Product& product, std::int64_t rows, std::int64_t columns,
                            std::int64_t step);
  void choose_algorithm(std::uint32_t alignment, cublasLtHandle_t handle);

  OwnedMatmulDesc desc_;
  OwnedLayout left_;
  OwnedLayout right_;
  OwnedLayout output_;
  cublasLtMatmulAlgo_t algorithm_{};
  std::size_t workspace_bytes_ = 0;
  Unary remaining_;  // of the activation
  DType dtype_;
  std::int64_t output_size_;
};

}  // namespace keraunos::cuda
