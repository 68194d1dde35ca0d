#include "kernels/cuda/own/affine_body.hpp"
#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"

namespace keraunos::cuda {

const KernelEntry own_affine =
    make_entry<DeviceLauncher, accepts_affine, make_affine_body>("own affine");

}  // namespace keraunos::cuda
