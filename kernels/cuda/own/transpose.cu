#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/transpose_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_transpose =
    make_entry<DeviceLauncher, accepts_transpose, make_transpose_body>("own transpose");

}  // namespace keraunos::cuda
