#include "kernels/cuda/own/concat_body.hpp"
#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"

namespace keraunos::cuda {

const KernelEntry own_concat =
    make_entry<DeviceLauncher, accepts_concat, make_concat_bodies>("own concat");

}  // namespace keraunos::cuda
