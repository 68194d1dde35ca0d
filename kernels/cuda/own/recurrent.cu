#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/recurrent_kernel.hpp"

namespace keraunos::cuda {

const KernelEntry own_recurrent = {"own recurrent", accepts_recurrent,
                                   create_recurrent<DeviceLauncher>};

}  // namespace keraunos::cuda
