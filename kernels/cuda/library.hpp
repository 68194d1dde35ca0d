#pragma once

#include <cublasLt.h>
#include <cudnn.h>

#include <string>
#include <vector>

// NVIDIA's libraries, opened at run time so that libkeraunos_cuda.so loads on machines without
// them.

namespace keraunos::cuda {

/// What is called of cuDNN outside its graphs.
struct CudnnApi {
  void* library = nullptr;
  decltype(&::cudnnGetVersion) get_version = nullptr;
  decltype(&::cudnnGetErrorString) get_error_string = nullptr;
  decltype(&::cudnnCreate) create = nullptr;
  decltype(&::cudnnDestroy) destroy = nullptr;
  decltype(&::cudnnSetStream) set_stream = nullptr;
};

/// What is called of cuBLASLt.
struct CublasLtApi {
  void* library = nullptr;
  decltype(&::cublasLtGetVersion) get_version = nullptr;
  decltype(&::cublasLtGetStatusString) get_status_string = nullptr;
  decltype(&::cublasLtCreate) create = nullptr;
  decltype(&::cublasLtDestroy) destroy = nullptr;
  decltype(&::cublasLtMatmulDescCreate) matmul_desc_create = nullptr;
  decltype(&::cublasLtMatmulDescDestroy) matmul_desc_destroy = nullptr;
  decltype(&::cublasLtMatmulDescSetAttribute) matmul_desc_set = nullptr;
  decltype(&::cublasLtMatrixLayoutCreate) layout_create = nullptr;
  decltype(&::cublasLtMatrixLayoutSetAttribute) layout_set = nullptr;
  decltype(&::cublasLtMatrixLayoutDestroy) layout_destroy = nullptr;
  decltype(&::cublasLtMatmulPreferenceCreate) preference_create = nullptr;
  decltype(&::cublasLtMatmulPreferenceDestroy) preference_destroy = nullptr;
  decltype(&::cublasLtMatmulPreferenceSetAttribute) preference_set = nullptr;
  decltype(&::cublasLtMatmulAlgoGetHeuristic) get_heuristic = nullptr;
  decltype(&::cublasLtMatmul) matmul = nullptr;
};

/// The tables of the opened libraries; all null before open_libraries succeeded.
const CudnnApi& cudnn();
const CublasLtApi& cublas_lt();

/// Opens libcudnn.so.9 (with its engines, all from one folder), libcublasLt.so.13 and
/// libnvrtc.so.13, which cuDNN and cuBLAS need too. Returns every reason why one could not be
/// opened or is too old, each with the places that were tried; empty on success. The libraries
/// stay open until the process ends. Call it from one thread.
std::vector<std::string> open_libraries();

/// Opens the library `name`, or returns null and appends the reason with every place tried:
///   a copy that the process has opened already (two cuDNNs in one process do not work),
///   the folders of KERAUNOS_CUDA_LIBRARIES (absolute, colon-separated),
///   the folder of libkeraunos_cuda.so, NVIDIA's Python packages beside it,
///   /usr/local/cuda/lib64, the loader's path.
void* open_library(const std::string& name, std::vector<std::string>& reasons);

}  // namespace keraunos::cuda
