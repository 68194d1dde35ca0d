#pragma once

#include <cstddef>
#include <span>

#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

extern const KernelEntry cudnn_conv;        // "cudnn conv": any activation, 1 and 2 axes, groups
extern const KernelEntry cublas_lt_matmul;  // "cublaslt matmul": any activation
extern const KernelEntry cublas_lt_batch_matmul;  // "cublaslt batch matmul": batches broadcast

/// The ordered list of kernels for the op with this index in `Op`; empty where there is none.
std::span<const KernelEntry> kernels_for(std::size_t op_index);

}  // namespace keraunos::cuda
