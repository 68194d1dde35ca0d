#include "kernels/cuda/own/cast_body.hpp"
#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"

namespace keraunos::cuda {

const KernelEntry own_cast = make_entry<DeviceLauncher, accepts_cast, make_cast_body>("own cast");

}  // namespace keraunos::cuda
