#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/select_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_select =
    make_entry<DeviceLauncher, accepts_select, make_select_body>("own select");

}  // namespace keraunos::cuda
