#pragma once

#include "kernels/cuda/own/body_kernel.hpp"
#include "kernels/cuda/own/cuda_stream.hpp"
#include "kernels/cuda/own/grid.cuh"
#include "kernels/cuda/own/index_space.hpp"

// Runs bodies on the GPU. Included by .cu files only.

namespace keraunos::cuda {

inline constexpr int threads_per_block = 256;
inline constexpr int warp_size = 32;
inline constexpr std::int64_t most_blocks = 1 << 16;  // beyond that, threads take several cells

/// The threads of one warp, working on one row together. Results are the same in all lanes.
struct WarpLanes {
  __device__ static std::int64_t index() { return threadIdx.x % warp_size; }
  __device__ static std::int64_t count() { return warp_size; }

  template <typename T, typename Combine>
  __device__ static T reduce(T value, const Combine& combine) {
    for (int offset = warp_size / 2; offset > 0; offset /= 2) {
      value = combine(value, static_cast<T>(__shfl_xor_sync(0xffffffffU, value, offset)));
    }
    return value;
  }
  __device__ static double sum(double value) {
    return reduce(value, [](double a, double b) { return a + b; });
  }
  __device__ static float max(float value) {
    return reduce(value, [](float a, float b) { return max_or_nan(a, b); });
  }
};

template <typename Body>
__global__ void __launch_bounds__(threads_per_block) cells(const Body body, std::int64_t count) {
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  for (; i < count; i += step) body(i);
}

template <typename Body>
__global__ void __launch_bounds__(threads_per_block) rows(const Body body, std::int64_t count) {
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  for (; i < count; i += step) body(i, OneLane{});
}

template <typename Body>
__global__ void __launch_bounds__(threads_per_block)
    shared_rows(const Body body, std::int64_t count) {
  const int warps_per_block = threads_per_block / warp_size;
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * warps_per_block;
  std::int64_t row =
      static_cast<std::int64_t>(blockIdx.x) * warps_per_block + threadIdx.x / warp_size;
  for (; row < count; row += step) body(row, WarpLanes{});
}

inline unsigned blocks_for(std::int64_t threads) {
  return static_cast<unsigned>(
      smaller((threads + threads_per_block - 1) / threads_per_block, most_blocks));
}

template <typename Body>
void launch(const Body& body, cudaStream_t stream) {
  const std::int64_t count = body.count();
  if (count == 0) return;
  if constexpr (RowBody<Body>) {
    if (!body.split.one_thread_per_row) {
      const unsigned blocks = blocks_for(smaller(count, most_blocks * warp_size) * warp_size);
      return start_grid<Body, std::int64_t>(shared_rows, blocks, threads_per_block, stream, body,
                                            count);
    }
    start_grid<Body, std::int64_t>(rows, blocks_for(count), threads_per_block, stream, body, count);
  } else {
    start_grid<Body, std::int64_t>(cells, blocks_for(count), threads_per_block, stream, body,
                                   count);
  }
}

struct DeviceLauncher {
  template <typename Body>
  static void launch(const Body& body, Stream& stream) {
    cuda::launch(body, cuda_stream(stream));
  }
};

}  // namespace keraunos::cuda
