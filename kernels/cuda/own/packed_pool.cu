#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/packed_pool_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_packed_pool = with_pitches(
    make_entry<DeviceLauncher, accepts_packed_pool, make_packed_pool_body>("own packed pool"));

}  // namespace keraunos::cuda
