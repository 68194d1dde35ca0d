#include "kernels/cuda/own/binary_body.hpp"
#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"

namespace keraunos::cuda {

const KernelEntry own_binary =
    make_entry<DeviceLauncher, accepts_binary, make_binary_body>("own binary");

}  // namespace keraunos::cuda
