#pragma once

#include <cstdint>
#include <tuple>

#include "tests/cuda/double/device.hpp"

// Stands in for the file of this name in kernels/cuda/own, whose place on the include path it
// takes: CUDA's words as plain C++, and grids that run on the host.

#define __global__
#define __device__
#define __host__
#define __launch_bounds__(threads)

#define threadIdx (::keraunos::cuda_double::thread_index)
#define blockIdx (::keraunos::cuda_double::block_index)
#define blockDim (::keraunos::cuda_double::block_extent)
#define gridDim (::keraunos::cuda_double::grid_extent)

template <typename T>
T __shfl_xor_sync(unsigned, T value, unsigned lane_mask) {
  static_assert(sizeof(T) <= sizeof(std::uint64_t));
  std::uint64_t bits = 0;
  __builtin_memcpy(&bits, &value, sizeof(T));
  bits = keraunos::cuda_double::shuffle_xor(bits, lane_mask);
  __builtin_memcpy(&value, &bits, sizeof(T));
  return value;
}

inline void __syncthreads() { keraunos::cuda_double::synchronize_block(); }

namespace keraunos::cuda {

template <typename... Parameters>
void start_grid(void (*kernel)(Parameters...), unsigned blocks, unsigned threads,
                cudaStream_t stream, const Parameters&... arguments) {
  cuda_double::enqueue_grid(
      blocks, threads, stream,
      [kernel, copies = std::tuple<Parameters...>(arguments...)] { std::apply(kernel, copies); });
}

}  // namespace keraunos::cuda
