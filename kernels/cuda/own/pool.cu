#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/pool_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_pool = make_entry<DeviceLauncher, accepts_pool, make_pool_body>("own pool");

const KernelEntry own_adaptive_pool =
    make_entry<DeviceLauncher, accepts_adaptive_pool, make_adaptive_pool_body>("own adaptive pool");

}  // namespace keraunos::cuda
