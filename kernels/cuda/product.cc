#include "kernels/cuda/product.hpp"

#include "kernels/cuda/own/own_kernels.hpp"

// cuBLASLt stores matrices column by column. A row-major matrix is its own transposition stored
// that way, so output = left @ right is computed as output' = right' @ left' with the operands
// swapped; the bias then runs along the rows of the result, where cuBLASLt's epilogues want it.

namespace keraunos::cuda {
namespace {

struct DestroyPreference {
  void operator()(cublasLtMatmulPreference_t preference) const noexcept {
    cublas_lt().preference_destroy(preference);
  }
};
using OwnedPreference = Owned<cublasLtMatmulPreference_t, DestroyPreference>;

// Split sums need some; more buys little speed.
constexpr std::size_t workspace_limit = std::size_t{32} << 20;

struct Epilogue {
  cublasLtEpilogue_t fused = CUBLASLT_EPILOGUE_DEFAULT;
  Unary remaining;
};

Epilogue choose_epilogue(const Product& product) {
  const bool has_bias = product.bias != nullptr;
  const bool strict = product.dtype == DType::float32 && !product.tf32;
  if (product.activation.is_plain_relu()) {
    return {has_bias ? CUBLASLT_EPILOGUE_RELU_BIAS : CUBLASLT_EPILOGUE_RELU, {}};
  }
  // cuBLASLt's gelu is the one with tanh, and its tanh may be the hardware's.
  if (product.activation.fn == UnaryFn::gelu_tanh && !strict) {
    return {has_bias ? CUBLASLT_EPILOGUE_GELU_BIAS : CUBLASLT_EPILOGUE_GELU, {}};
  }
  return {has_bias ? CUBLASLT_EPILOGUE_BIAS : CUBLASLT_EPILOGUE_DEFAULT, product.activation};
}

cudaDataType_t data_type(DType dtype) {
  switch (dtype) {
    case DType::float32: return CUDA_R_32F;
    case DType::float16: return CUDA_R_16F;
    case DType::bfloat16: return CUDA_R_16BF;
    default: break;
  }
  fail(ErrorCode::unsupported, "cuBLASLt's products are for float32, float16 and bfloat16, not {}",
       to_string(dtype));
}

template <typename Desc, typename Attribute, typename Value>
void set(cublasStatus_t (*setter)(Desc, Attribute, const void*, std::size_t), Desc desc,
         Attribute attribute, const Value& value) {
  check(setter(desc, attribute, &value, sizeof(value)), "describing a product to cuBLASLt");
}

}  // namespace

LtProduct::LtProduct(const Product& product, GpuTarget& target)
    : dtype_(product.dtype), output_size_(product.batch * product.rows * product.columns) {
  describe(product);
  const auto stored = [&](std::int64_t rows, std::int64_t columns, bool transposed,
                          std::int64_t step) {
    return transposed ? layout(product, columns, rows, step) : layout(product, rows, columns, step);
  };
  left_ = stored(product.rows, product.depth, product.transpose_left, product.left_step);
  right_ = stored(product.depth, product.columns, product.transpose_right, product.right_step);
  output_ = layout(product, product.rows, product.columns, product.rows * product.columns);
  if (!target.is_described()) choose_algorithm(product.alignment, target.cublas_lt_handle());
}

void LtProduct::describe(const Product& product) {
  const Epilogue epilogue = choose_epilogue(product);
  remaining_ = epilogue.remaining;
  cublasLtMatmulDesc_t desc = nullptr;
  check(cublas_lt().matmul_desc_create(
            &desc, product.tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F, CUDA_R_32F),
        "describing a product to cuBLASLt");
  desc_.reset(desc);
  const auto operation = [](bool transposed) { return transposed ? CUBLAS_OP_T : CUBLAS_OP_N; };
  const auto setter = cublas_lt().matmul_desc_set;
  set(setter, desc, CUBLASLT_MATMUL_DESC_TRANSA, operation(product.transpose_right));
  set(setter, desc, CUBLASLT_MATMUL_DESC_TRANSB, operation(product.transpose_left));
  set(setter, desc, CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue.fused);
  if (product.bias != nullptr) set(setter, desc, CUBLASLT_MATMUL_DESC_BIAS_POINTER, product.bias);
}

LtProduct::OwnedLayout LtProduct::layout(const Product& product, std::int64_t rows,
                                         std::int64_t columns, std::int64_t step) {
  cublasLtMatrixLayout_t layout = nullptr;
  check(cublas_lt().layout_create(&layout, data_type(product.dtype),
                                  static_cast<std::uint64_t>(columns),
                                  static_cast<std::uint64_t>(rows), columns),
        "describing a matrix to cuBLASLt");
  OwnedLayout owned(layout);
  if (product.batch > 1) {
    const auto setter = cublas_lt().layout_set;
    set(setter, layout, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT,
        static_cast<std::int32_t>(product.batch));
    set(setter, layout, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, step);
  }
  return owned;
}

void LtProduct::choose_algorithm(std::uint32_t alignment, cublasLtHandle_t handle) {
  cublasLtMatmulPreference_t created = nullptr;
  check(cublas_lt().preference_create(&created), "creating a preference of cuBLASLt");
  const OwnedPreference preference(created);
  const auto setter = cublas_lt().preference_set;
  set(setter, created, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, workspace_limit);
  for (const auto attribute :
       {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
        CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES}) {
    set(setter, created, attribute, alignment);
  }
  cublasLtMatmulHeuristicResult_t best{};
  int found = 0;
  check(cublas_lt().get_heuristic(handle, desc_.get(), right_.get(), left_.get(), output_.get(),
                                  output_.get(), created, 1, &best, &found),
        "choosing an algorithm of cuBLASLt");
  if (found == 0) fail(ErrorCode::unsupported, "cuBLASLt has no algorithm for this product");
  algorithm_ = best.algo;
  workspace_bytes_ = best.workspaceSize;
}

void LtProduct::run(const void* left, const void* right, void* output, void* workspace,
                    CudaStream& stream) const {
  const float one = 1;
  const float zero = 0;
  check(cublas_lt().matmul(stream.cublas_lt_handle(), desc_.get(), &one, right, right_.get(), left,
                           left_.get(), &zero, output, output_.get(), output, output_.get(),
                           &algorithm_, workspace, workspace_bytes_, stream.cuda()),
        "running cuBLASLt's product");
  launch_unary(remaining_, dtype_, output, output_size_, stream.cuda());
}

}  // namespace keraunos::cuda
