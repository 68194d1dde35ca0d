#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/packed_depthwise_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_packed_depthwise =
    make_entry<DeviceLauncher, accepts_packed_depthwise, make_packed_depthwise_body>(
        "own packed depthwise");

}  // namespace keraunos::cuda
