#include "runtime/ops/matmul.hpp"
#include "kernels/cuda/cuda_backend.hpp"
#include "kernels/cuda/kernels.hpp"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/problem.hpp"

// cuBLASLt stores matrices column by column. A row-major matrix is its own transposition stored
// that way, so output = input @ matrix is computed as output' = matrix' @ input' with the operands
// swapped; the bias then runs along the rows of the result, where cuBLASLt's epilogues want it.

namespace keraunos::cuda {
namespace {

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
struct DestroyPreference {
  void operator()(cublasLtMatmulPreference_t preference) const noexcept {
    cublas_lt().preference_destroy(preference);
  }
};
using OwnedMatmulDesc = Owned<cublasLtMatmulDesc_t, DestroyMatmulDesc>;
using OwnedLayout = Owned<cublasLtMatrixLayout_t, DestroyLayout>;
using OwnedPreference = Owned<cublasLtMatmulPreference_t, DestroyPreference>;

// Split sums need some; more buys little speed.
constexpr std::size_t workspace_limit = std::size_t{32} << 20;

// As for cuDNN, so that tensors may begin inside others.
constexpr std::uint32_t activation_alignment = 16;

struct Epilogue {
  cublasLtEpilogue_t fused = CUBLASLT_EPILOGUE_DEFAULT;
  Unary remaining;
};

Epilogue choose_epilogue(const Unary& activation, bool has_bias, Precision precision) {
  if (activation.is_plain_relu()) {
    return {has_bias ? CUBLASLT_EPILOGUE_RELU_BIAS : CUBLASLT_EPILOGUE_RELU, {}};
  }
  // cuBLASLt's gelu is the one with tanh, and its tanh may be the hardware's.
  if (activation.fn == UnaryFn::gelu_tanh && precision == Precision::tf32) {
    return {has_bias ? CUBLASLT_EPILOGUE_GELU_BIAS : CUBLASLT_EPILOGUE_GELU, {}};
  }
  return {has_bias ? CUBLASLT_EPILOGUE_BIAS : CUBLASLT_EPILOGUE_DEFAULT, activation};
}

OwnedLayout row_major(std::int64_t rows, std::int64_t columns) {
  cublasLtMatrixLayout_t layout = nullptr;
  check(cublas_lt().layout_create(&layout, CUDA_R_32F, static_cast<std::uint64_t>(columns),
                                  static_cast<std::uint64_t>(rows), columns),
        "describing a matrix to cuBLASLt");
  return OwnedLayout(layout);
}

template <typename Value>
void set(const OwnedMatmulDesc& desc, cublasLtMatmulDescAttributes_t attribute,
         const Value& value) {
  check(cublas_lt().matmul_desc_set(desc.get(), attribute, &value, sizeof(value)),
        "describing a product to cuBLASLt");
}

template <typename Value>
void set(const OwnedPreference& preference, cublasLtMatmulPreferenceAttributes_t attribute,
         const Value& value) {
  check(cublas_lt().preference_set(preference.get(), attribute, &value, sizeof(value)),
        "setting a preference of cuBLASLt");
}

class CublasLtMatmul final : public Kernel {
 public:
  CublasLtMatmul(const NodeView& node, KernelBuild& build) : matrix_(build.raw(1)) {
    const std::int64_t rows = node.inputs[1].dims[0];
    const std::int64_t columns = node.inputs[1].dims[1];
    const std::int64_t batch = node.inputs[0].size() / rows;
    output_size_ = node.outputs[0].size();
    describe(node, build);
    matrix_layout_ = row_major(rows, columns);
    input_layout_ = row_major(batch, rows);
    output_layout_ = row_major(batch, columns);
    choose_algorithm();
  }

  std::size_t workspace_bytes() const override { return workspace_bytes_; }

  void run(const KernelArgs& args, Stream& stream) const override {
    const float one = 1;
    const float zero = 0;
    check(cublas_lt().matmul(static_cast<CudaStream&>(stream).cublas_lt_handle(), desc_.get(), &one,
                             matrix_, matrix_layout_.get(), args.inputs[0], input_layout_.get(),
                             &zero, args.outputs[0], output_layout_.get(), args.outputs[0],
                             output_layout_.get(), &algorithm_, args.workspace, workspace_bytes_,
                             cuda_stream(stream)),
          "running cuBLASLt's product");
    if (!remaining_.is_identity()) {
      launch_unary(remaining_, args.output<float>(), output_size_, cuda_stream(stream));
    }
  }

 private:
  void describe(const NodeView& node, KernelBuild& build) {
    const Precision precision = build.options().precision;
    const bool has_bias = node.inputs.size() > 2;
    const Epilogue epilogue = choose_epilogue(node.as<MatMul>().activation, has_bias, precision);
    remaining_ = epilogue.remaining;
    cublasLtMatmulDesc_t desc = nullptr;
    check(
        cublas_lt().matmul_desc_create(
            &desc, precision == Precision::tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F,
            CUDA_R_32F),
        "describing a product to cuBLASLt");
    desc_.reset(desc);
    set(desc_, CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue.fused);
    if (has_bias) set(desc_, CUBLASLT_MATMUL_DESC_BIAS_POINTER, build.raw(2));
  }

  void choose_algorithm() {
    cublasLtMatmulPreference_t created = nullptr;
    check(cublas_lt().preference_create(&created), "creating a preference of cuBLASLt");
    const OwnedPreference preference(created);
    set(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, workspace_limit);
    set(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, activation_alignment);
    set(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, activation_alignment);
    set(preference, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, activation_alignment);
    static const auto* const handle = new OwnedCublasLt(make_cublas_lt_handle(first_gpu));
    cublasLtMatmulHeuristicResult_t best{};
    int found = 0;
    check(cublas_lt().get_heuristic(handle->get(), desc_.get(), matrix_layout_.get(),
                                    input_layout_.get(), output_layout_.get(), output_layout_.get(),
                                    preference.get(), 1, &best, &found),
          "choosing an algorithm of cuBLASLt");
    if (found == 0) fail(ErrorCode::unsupported, "cuBLASLt has no algorithm for this product");
    algorithm_ = best.algo;
    workspace_bytes_ = best.workspaceSize;
  }

  const void* matrix_;
  OwnedMatmulDesc desc_;
  OwnedLayout matrix_layout_;
  OwnedLayout input_layout_;
  OwnedLayout output_layout_;
  cublasLtMatmulAlgo_t algorithm_{};
  std::size_t workspace_bytes_ = 0;
  Unary remaining_;
  std::int64_t output_size_ = 0;
};

Verdict accepts(const NodeView& node, const BuildOptions&) { return accept_float32_weights(node); }

std::unique_ptr<Kernel> create(const NodeView& node, KernelBuild& build) {
  return std::make_unique<CublasLtMatmul>(node, build);
}

}  // namespace

const KernelEntry cublas_lt_matmul = {"cublaslt matmul", accepts, create};

}  // namespace keraunos::cuda
