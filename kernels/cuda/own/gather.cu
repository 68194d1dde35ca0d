#include "kernels/cuda/own/gather_body.hpp"
#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"

namespace keraunos::cuda {

const KernelEntry own_gather =
    make_entry<DeviceLauncher, accepts_gather, make_gather_body>("own gather");
const KernelEntry own_gather_along =
    make_entry<DeviceLauncher, accepts_gather_along, make_gather_along_body>("own gather along");

}  // namespace keraunos::cuda
