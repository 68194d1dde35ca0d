#include "kernels/cuda/own/conv_body.hpp"
#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"

namespace keraunos::cuda {

const KernelEntry own_depthwise_conv =
    make_entry<DeviceLauncher, accepts_depthwise_conv, make_conv_body>("own depthwise conv");

const KernelEntry own_direct_conv =
    make_entry<DeviceLauncher, accepts_direct_conv, make_conv_body>("own direct conv");

const KernelEntry own_conv_transpose =
    with_pitches(make_entry<DeviceLauncher, accepts_conv_transpose, make_conv_transpose_body>(
        "own transposed conv"));

}  // namespace keraunos::cuda
