#include "kernels/cuda/own/chain_body.hpp"
#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"

namespace keraunos::cuda {

const KernelEntry own_chain =
    make_entry<DeviceLauncher, accepts_chain, make_chain_body>("own chain");

const KernelEntry own_packed_chain = with_pitches(
    make_entry<DeviceLauncher, accepts_packed_chain, make_packed_chain_body>("own packed chain"));

}  // namespace keraunos::cuda
