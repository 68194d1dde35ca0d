#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/sort_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_sort = make_entry<DeviceLauncher, accepts_sort, make_sort_body>("own sort");

}  // namespace keraunos::cuda
