#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/resize_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_resize =
    with_pitches(make_entry<DeviceLauncher, accepts_resize, make_resize_body>("own resize"));

}  // namespace keraunos::cuda
