#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/unary_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_unary =
    make_entry<DeviceLauncher, accepts_unary, make_unary_body>("own unary");

void launch_unary(const Unary& function, float* data, std::int64_t count, cudaStream_t stream) {
  if (function.is_identity()) return;
  launch(UnaryBody{function, count, data, data}, stream);
}

}  // namespace keraunos::cuda
