#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/reduce_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_reduce =
    make_entry<DeviceLauncher, accepts_reduce, make_reduce_body>("own reduce");

}  // namespace keraunos::cuda
