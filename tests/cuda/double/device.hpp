#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "keraunos/export.hpp"
#include "kernels/cuda/own/cuda_stream.hpp"

// What the parts of the device double share.

namespace keraunos::cuda_double {

/// GPUs that there are.
inline constexpr int device_count = 2;

/// Ends the program: something that a GPU would not survive, or only by luck.
[[noreturn]] void die(const char* what);

/// Queues work; it is done when the stream is waited for. The stream's device must be current.
void enqueue(cudaStream_t stream, std::function<void()> work);

struct Extent {
  unsigned x = 1;
};

/// Of the thread that is running.
extern thread_local Extent thread_index, block_index, block_extent, grid_extent;

/// Queues `run` for every thread of every block, in the order of `stream`.
void enqueue_grid(unsigned blocks, unsigned threads, cudaStream_t stream,
                  std::function<void()> run);

/// Exchanges 64 bits with the lane whose number differs in `lane_mask`; all lanes of the warp must
/// come here.
std::uint64_t shuffle_xor(std::uint64_t bits, unsigned lane_mask);

/// Waits for all threads of the block.
void synchronize_block();

/// Runs `body` for every thread of every block, now.
void run_grid(unsigned blocks, unsigned threads, const std::function<void()>& body);

/// Calls that can be made to fail.
enum class Call { allocate, launch, synchronize, count };

/// True where this call shall fail: see keraunos_double_fail. Counts launches.
bool shall_fail(Call call);

/// A product or a convolution may use all of its scratch memory: it is overwritten.
void scribble(void* workspace, std::size_t bytes);

/// Ends the program with `what` where a library's pointer is not a multiple of `bytes`.
void require_alignment(const void* pointer, std::size_t bytes, const char* what);

/// `x` with the ten bits of mantissa that TF32 has, rounded to the nearest.
float round_to_tf32(float x);

}  // namespace keraunos::cuda_double

extern "C" {
/// Makes the n-th call from now fail, counted from 1, once; 0 cancels. `call` is a
/// keraunos::cuda_double::Call. A failed synchronisation is a lost device: every later call fails.
KERAUNOS_API void keraunos_double_fail(int call, int n);
/// Bytes of device memory in use.
KERAUNOS_API std::size_t keraunos_double_bytes();
/// Kernels started so far, the libraries' included.
KERAUNOS_API std::size_t keraunos_double_launches();
}
