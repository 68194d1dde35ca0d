#include "kernels/cuda/own/collect_body.hpp"
#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"

namespace keraunos::cuda {

const KernelEntry own_transpose =
    make_entry<DeviceLauncher, accepts_transpose, make_transpose_body>("own transpose");
const KernelEntry own_slice =
    make_entry<DeviceLauncher, accepts_slice, make_slice_body>("own slice");
const KernelEntry own_broadcast =
    make_entry<DeviceLauncher, accepts_broadcast, make_broadcast_body>("own broadcast");

}  // namespace keraunos::cuda
