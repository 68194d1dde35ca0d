#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/split_reduce_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_split_reduce = {"own split reduce", accepts_split_reduce,
                                      create_split_reduce<DeviceLauncher>};

}  // namespace keraunos::cuda
