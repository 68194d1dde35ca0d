#pragma once

#include "kernels/cuda/library.hpp"

namespace keraunos::cuda_double {

/// cuDNN's and cuBLASLt's functions as the double has them.
cuda::CudnnApi cudnn_table();
cuda::CublasLtApi cublas_lt_table();

}  // namespace keraunos::cuda_double
