#pragma once

#include <cstdint>

#include "kernels/cuda/own/cuda_stream.hpp"
#include "runtime/backend/kernel.hpp"

// The project's own CUDA kernels, as entries for the CUDA backend's ordered lists. Float kernels
// compute in float32, whichever float their tensors are stored in, and propagate NaN; none uses
// fast-math.

namespace keraunos::cuda {

extern const KernelEntry own_unary;             // "own unary"
extern const KernelEntry own_binary;            // "own binary"
extern const KernelEntry own_affine;            // "own affine"
extern const KernelEntry own_softmax;           // "own softmax": log_softmax and sparsemax too
extern const KernelEntry own_norm;              // "own norm"
extern const KernelEntry own_pool;              // "own pool": 1 to 3 spatial axes
extern const KernelEntry own_adaptive_pool;     // "own adaptive pool": 1 to 3 spatial axes
extern const KernelEntry own_reduce;            // "own reduce"
extern const KernelEntry own_recurrent;         // "own recurrent": float32 alone
extern const KernelEntry own_resize;            // "own resize"
extern const KernelEntry own_pad;               // "own pad"
extern const KernelEntry own_concat;            // "own concat"
extern const KernelEntry own_transpose;         // "own transpose"
extern const KernelEntry own_cast;              // "own cast"
extern const KernelEntry own_sizes;             // "own sizes": up to 16 numbers
extern const KernelEntry own_depthwise_conv;    // "own depthwise conv": groups == input channels
extern const KernelEntry own_direct_conv;       // "own direct conv": any groups, small problems
extern const KernelEntry own_conv_transpose;    // "own transposed conv": 1 to 3 spatial axes
extern const KernelEntry own_packed_unary;      // "own packed unary": activations, four at a time
extern const KernelEntry own_packed_affine;     // "own packed affine": a last axis, likewise
extern const KernelEntry own_split_reduce;      // "own split reduce": few long means and sums
extern const KernelEntry own_packed_pool;       // "own packed pool": a multiple of four channels
extern const KernelEntry own_packed_depthwise;  // "own packed depthwise": likewise
extern const KernelEntry own_packed_chain;      // "own packed chain": four cells at a time
extern const KernelEntry own_chain;             // "own chain": any operands
extern const KernelEntry own_arg_reduce;        // "own arg reduce"
extern const KernelEntry own_scan;              // "own scan"
extern const KernelEntry own_sort;              // "own sort": lines of up to 4096 cells
extern const KernelEntry own_slice;             // "own slice"
extern const KernelEntry own_broadcast;         // "own broadcast"
extern const KernelEntry own_select;            // "own select"
extern const KernelEntry own_gather;            // "own gather"
extern const KernelEntry own_gather_along;      // "own gather along"

/// data[i] = function(data[i]) for i in [0, count) floats of `dtype`, in stream order; nothing for
/// identity and for count 0. `data` is device memory. Throws Error(device_failure) where the launch
/// fails.
void launch_unary(const Unary& function, DType dtype, void* data, std::int64_t count,
                  cudaStream_t stream);

}  // namespace keraunos::cuda
