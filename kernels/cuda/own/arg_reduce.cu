#include "kernels/cuda/own/arg_reduce_body.hpp"
#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"

namespace keraunos::cuda {

const KernelEntry own_arg_reduce =
    make_entry<DeviceLauncher, accepts_arg_reduce, make_arg_reduce_body>("own arg reduce");

}  // namespace keraunos::cuda
