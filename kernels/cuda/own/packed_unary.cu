#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/packed_unary_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_packed_unary =
    make_entry<DeviceLauncher, accepts_packed_unary, make_packed_unary_body>("own packed unary");

const KernelEntry own_packed_affine =
    make_entry<DeviceLauncher, accepts_packed_affine, make_packed_affine_body>(
        "own packed affine");

}  // namespace keraunos::cuda
