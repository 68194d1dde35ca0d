#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/scan_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_scan = make_entry<DeviceLauncher, accepts_scan, make_scan_body>("own scan");

}  // namespace keraunos::cuda
