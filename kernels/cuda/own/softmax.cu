#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/softmax_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_softmax =
    make_entry<DeviceLauncher, accepts_softmax, make_softmax_body>("own softmax");

}  // namespace keraunos::cuda
