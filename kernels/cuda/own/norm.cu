#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/norm_body.hpp"
#include "kernels/cuda/own/own_kernels.hpp"

namespace keraunos::cuda {

const KernelEntry own_norm = make_entry<DeviceLauncher, accepts_norm, make_norm_body>("own norm");

}  // namespace keraunos::cuda
