#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/sizes_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_sizes =
    make_entry<DeviceLauncher, accepts_sizes, make_sizes_body>("own sizes");

}  // namespace keraunos::cuda
