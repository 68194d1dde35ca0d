#pragma once

#include "runtime/backend/kernel.hpp"

// The CUDA runtime's stream handle, declared here as in its headers so that sources without CUDA's
// include folder can name it.
struct CUstream_st;
typedef CUstream_st* cudaStream_t;

namespace keraunos::cuda {

/// A Stream of the CUDA backend, as kernels see it.
struct CudaStreamHandle : Stream {
  /// The CUDA stream that work goes to. Valid for as long as this object.
  virtual cudaStream_t cuda() const = 0;
};

/// The CUDA stream behind `stream`, which must come from the CUDA backend.
inline cudaStream_t cuda_stream(const Stream& stream) {
  return static_cast<const CudaStreamHandle&>(stream).cuda();
}

}  // namespace keraunos::cuda
