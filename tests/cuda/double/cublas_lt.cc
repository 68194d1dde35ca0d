#include <cmath>
#include <cstring>

#include "kernels/cuda/check.hpp"
#include "tests/cuda/double/elements.hpp"
#include "tests/cuda/double/tables.hpp"

// cuBLASLt's products from cuBLASLt's descriptors: matrices are stored column by column.

namespace keraunos::cuda_double {
namespace {

constexpr std::size_t workspace_bytes = 512;

struct Layout {
  cudaDataType_t type;
  std::uint64_t rows, columns;
  std::int64_t leading;  // elements from a column to the next
  std::int32_t batch = 1;
  std::int64_t batch_step = 0;
};

struct Desc {
  cublasComputeType_t compute;
  cublasOperation_t transpose_a = CUBLAS_OP_N;
  cublasOperation_t transpose_b = CUBLAS_OP_N;
  cublasLtEpilogue_t epilogue = CUBLASLT_EPILOGUE_DEFAULT;
  const void* bias = nullptr;
};

struct LtHandle {};
struct Preference {
  std::uint32_t alignment = 16;
};

template <typename Opaque, typename Made>
cublasStatus_t make(Opaque* opaque, Made made) {
  *opaque = reinterpret_cast<Opaque>(new Made(made));
  return CUBLAS_STATUS_SUCCESS;
}

template <typename Made, typename Opaque>
cublasStatus_t destroy(Opaque opaque) {
  delete reinterpret_cast<Made*>(opaque);
  return CUBLAS_STATUS_SUCCESS;
}

template <typename Field>
cublasStatus_t assign(Field& field, const void* value, std::size_t bytes) {
  if (bytes != sizeof(Field)) return CUBLAS_STATUS_INVALID_VALUE;
  std::memcpy(&field, value, bytes);
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t set_desc(cublasLtMatmulDesc_t opaque, cublasLtMatmulDescAttributes_t attribute,
                        const void* value, std::size_t bytes) {
  auto& desc = *reinterpret_cast<Desc*>(opaque);
  switch (attribute) {
    case CUBLASLT_MATMUL_DESC_TRANSA: return assign(desc.transpose_a, value, bytes);
    case CUBLASLT_MATMUL_DESC_TRANSB: return assign(desc.transpose_b, value, bytes);
    case CUBLASLT_MATMUL_DESC_EPILOGUE: return assign(desc.epilogue, value, bytes);
    case CUBLASLT_MATMUL_DESC_BIAS_POINTER: return assign(desc.bias, value, bytes);
    default: return CUBLAS_STATUS_NOT_SUPPORTED;
  }
}

cublasStatus_t set_layout(cublasLtMatrixLayout_t opaque, cublasLtMatrixLayoutAttribute_t attribute,
                          const void* value, std::size_t bytes) {
  auto& layout = *reinterpret_cast<Layout*>(opaque);
  switch (attribute) {
    case CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT: return assign(layout.batch, value, bytes);
    case CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET:
      return assign(layout.batch_step, value, bytes);
    default: return CUBLAS_STATUS_NOT_SUPPORTED;
  }
}

cublasStatus_t set_preference(cublasLtMatmulPreference_t opaque,
                              cublasLtMatmulPreferenceAttributes_t attribute, const void* value,
                              std::size_t bytes) {
  auto& preference = *reinterpret_cast<Preference*>(opaque);
  if (attribute == CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES) return CUBLAS_STATUS_SUCCESS;
  return assign(preference.alignment, value, bytes);
}

DType dtype_of(const Layout& layout) {
  switch (layout.type) {
    case CUDA_R_16F: return DType::float16;
    case CUDA_R_16BF: return DType::bfloat16;
    default: return DType::float32;
  }
}

std::uint64_t rows_of(const Layout& layout, cublasOperation_t operation) {
  return operation == CUBLAS_OP_N ? layout.rows : layout.columns;
}
std::uint64_t columns_of(const Layout& layout, cublasOperation_t operation) {
  return operation == CUBLAS_OP_N ? layout.columns : layout.rows;
}

/// Where cell (row, column) of op(matrix) is.
std::int64_t place(const Layout& layout, cublasOperation_t operation, std::int64_t batch,
                   std::int64_t row, std::int64_t column) {
  const std::int64_t start = batch * layout.batch_step;
  return operation == CUBLAS_OP_N ? start + row + column * layout.leading
                                  : start + column + row * layout.leading;
}

double finish(const Desc& desc, double sum) {
  switch (desc.epilogue) {
    case CUBLASLT_EPILOGUE_RELU:
    case CUBLASLT_EPILOGUE_RELU_BIAS: return sum < 0 ? 0 : sum;
    case CUBLASLT_EPILOGUE_GELU:
    case CUBLASLT_EPILOGUE_GELU_BIAS:
      return sum / 2 * (1 + std::tanh(0.7978845608028654 * (sum + 0.044715 * sum * sum * sum)));
    default: return sum;
  }
}

bool adds_bias(cublasLtEpilogue_t epilogue) {
  return epilogue == CUBLASLT_EPILOGUE_BIAS || epilogue == CUBLASLT_EPILOGUE_RELU_BIAS ||
         epilogue == CUBLASLT_EPILOGUE_GELU_BIAS;
}

/// D = epilogue(op(A) op(B) + bias along the rows).
struct Multiplication {
  Desc desc;
  Layout a, b, d;
  const void* left;
  const void* right;
  void* output;

  void operator()() const {
    const Elements elements{dtype_of(d), desc.compute == CUBLAS_COMPUTE_32F_FAST_TF32};
    const auto depth = static_cast<std::int64_t>(columns_of(a, desc.transpose_a));
    for (std::int64_t batch = 0; batch < d.batch; ++batch) {
      for (std::int64_t column = 0; column < static_cast<std::int64_t>(d.columns); ++column) {
        for (std::int64_t row = 0; row < static_cast<std::int64_t>(d.rows); ++row) {
          double sum = 0;
          for (std::int64_t k = 0; k < depth; ++k) {
            sum += static_cast<double>(
                       elements.load(left, place(a, desc.transpose_a, batch, row, k))) *
                   static_cast<double>(
                       elements.load(right, place(b, desc.transpose_b, batch, k, column)));
          }
          if (adds_bias(desc.epilogue)) {
            sum += static_cast<double>(Elements{elements.dtype}.load(desc.bias, row));
          }
          elements.store(output, place(d, CUBLAS_OP_N, batch, row, column), finish(desc, sum));
        }
      }
    }
  }
};

bool fits(const Desc& desc, const Layout& a, const Layout& b, const Layout& d) {
  return a.type == d.type && b.type == d.type && a.batch == d.batch && b.batch == d.batch &&
         rows_of(a, desc.transpose_a) == d.rows && columns_of(b, desc.transpose_b) == d.columns &&
         columns_of(a, desc.transpose_a) == rows_of(b, desc.transpose_b);
}

cublasStatus_t heuristic(cublasLtHandle_t, cublasLtMatmulDesc_t desc, cublasLtMatrixLayout_t a,
                         cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t, cublasLtMatrixLayout_t d,
                         cublasLtMatmulPreference_t preference, int,
                         cublasLtMatmulHeuristicResult_t results[], int* count) {
  *count = fits(*reinterpret_cast<Desc*>(desc), *reinterpret_cast<Layout*>(a),
                *reinterpret_cast<Layout*>(b), *reinterpret_cast<Layout*>(d))
               ? 1
               : 0;
  results[0] = {};
  results[0].workspaceSize = workspace_bytes;
  results[0].algo.data[0] = reinterpret_cast<Preference*>(preference)->alignment;
  return CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t multiply(cublasLtHandle_t, cublasLtMatmulDesc_t desc, const void*, const void* left,
                        cublasLtMatrixLayout_t a, const void* right, cublasLtMatrixLayout_t b,
                        const void*, const void*, cublasLtMatrixLayout_t, void* output,
                        cublasLtMatrixLayout_t d, const cublasLtMatmulAlgo_t* algorithm,
                        void* workspace, std::size_t bytes, cudaStream_t stream) {
  if (shall_fail(Call::launch)) return CUBLAS_STATUS_EXECUTION_FAILED;
  const Multiplication work{*reinterpret_cast<Desc*>(desc),
                            *reinterpret_cast<Layout*>(a),
                            *reinterpret_cast<Layout*>(b),
                            *reinterpret_cast<Layout*>(d),
                            left,
                            right,
                            output};
  for (const void* pointer : {left, right, static_cast<const void*>(output)}) {
    require_alignment(pointer, algorithm->data[0],
                      "cuBLASLt got a pointer that is not aligned as was promised");
  }
  enqueue(stream, [=] {
    scribble(workspace, bytes);
    work();
  });
  return CUBLAS_STATUS_SUCCESS;
}

}  // namespace

cuda::CublasLtApi cublas_lt_table() {
  cuda::CublasLtApi api;
  api.get_version = [] { return std::size_t{130000}; };
  api.get_status_string = [](cublasStatus_t) { return "a failure that was asked for"; };
  api.create = [](cublasLtHandle_t* handle) { return make(handle, LtHandle{}); };
  api.destroy = destroy<LtHandle, cublasLtHandle_t>;
  api.matmul_desc_create = [](cublasLtMatmulDesc_t* desc, cublasComputeType_t compute,
                              cudaDataType_t) { return make(desc, Desc{compute}); };
  api.matmul_desc_destroy = destroy<Desc, cublasLtMatmulDesc_t>;
  api.matmul_desc_set = set_desc;
  api.layout_create = [](cublasLtMatrixLayout_t* layout, cudaDataType type, std::uint64_t rows,
                         std::uint64_t columns, std::int64_t leading) {
    return make(layout, Layout{type, rows, columns, leading});
  };
  api.layout_set = set_layout;
  api.layout_destroy = destroy<Layout, cublasLtMatrixLayout_t>;
  api.preference_create = [](cublasLtMatmulPreference_t* preference) {
    return make(preference, Preference{});
  };
  api.preference_destroy = destroy<Preference, cublasLtMatmulPreference_t>;
  api.preference_set = set_preference;
  api.get_heuristic = heuristic;
  api.matmul = multiply;
  return api;
}

}  // namespace keraunos::cuda_double
