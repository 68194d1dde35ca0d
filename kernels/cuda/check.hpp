#pragma once

#include <cublasLt.h>
#include <cuda_runtime_api.h>
#include <cudnn.h>

#include <memory>
#include <type_traits>

#include "kernels/cuda/health.hpp"
#include "kernels/cuda/library.hpp"
#include "runtime/base/fail.hpp"

// Status codes of NVIDIA's libraries as Errors, and owners for their handles.

namespace keraunos::cuda {

/// Throws Error(out_of_memory) or Error(device_failure) unless `status` is success. `what` names
/// the attempt: "copying to the device".
inline void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  const std::string message =
      fmt::format("{} failed: {} ({})", what, cudaGetErrorString(status), cudaGetErrorName(status));
  note_failure(status, message);
  const auto code =
      status == cudaErrorMemoryAllocation ? ErrorCode::out_of_memory : ErrorCode::device_failure;
  fail(code, "{}", message);
}

inline void check(cudnnStatus_t status, const char* what) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  fail(ErrorCode::device_failure, "{} failed: {}", what, cudnn().get_error_string(status));
}

inline void check(cublasStatus_t status, const char* what) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  fail(ErrorCode::device_failure, "{} failed: {}", what, cublas_lt().get_status_string(status));
}

/// Owns a handle of NVIDIA's; `Destroy` gives it back.
template <typename Handle, typename Destroy>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Destroy>;

struct DestroyStream {
  void operator()(cudaStream_t stream) const noexcept { cudaStreamDestroy(stream); }
};
struct DestroyEvent {
  void operator()(cudaEvent_t event) const noexcept { cudaEventDestroy(event); }
};
struct DestroyCudnn {
  void operator()(cudnnHandle_t handle) const noexcept { cudnn().destroy(handle); }
};
struct DestroyCublasLt {
  void operator()(cublasLtHandle_t handle) const noexcept { cublas_lt().destroy(handle); }
};

using OwnedStream = Owned<cudaStream_t, DestroyStream>;
using OwnedEvent = Owned<cudaEvent_t, DestroyEvent>;
using OwnedCudnn = Owned<cudnnHandle_t, DestroyCudnn>;
using OwnedCublasLt = Owned<cublasLtHandle_t, DestroyCublasLt>;

}  // namespace keraunos::cuda
