#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/pad_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_pad = make_entry<DeviceLauncher, accepts_pad, make_pad_body>("own pad");

}  // namespace keraunos::cuda
