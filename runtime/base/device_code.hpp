#pragma once

/// Marks functions that CUDA kernels call as well as code on the host. Those that are constexpr need
/// no mark: nvcc is given --expt-relaxed-constexpr.
#ifdef __CUDACC__
#define KERAUNOS_DEVICE __host__ __device__
#else
#define KERAUNOS_DEVICE
#endif
