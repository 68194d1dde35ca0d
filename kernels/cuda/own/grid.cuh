#pragma once

#include <cuda_runtime.h>

#include <string>

#include "keraunos/error.hpp"

namespace keraunos::cuda {

/// Starts `kernel` on a grid of `blocks` of `threads` threads each, in the order of `stream`.
/// Throws Error(device_failure) where the launch fails.
template <typename... Parameters>
void start_grid(void (*kernel)(Parameters...), unsigned blocks, unsigned threads,
                cudaStream_t stream, const Parameters&... arguments) {
  kernel<<<blocks, threads, 0, stream>>>(arguments...);
  const cudaError_t status = cudaGetLastError();
  if (status == cudaSuccess) return;
  throw Error(ErrorCode::device_failure,
              std::string("a CUDA kernel could not be launched: ") + cudaGetErrorString(status));
}

}  // namespace keraunos::cuda
