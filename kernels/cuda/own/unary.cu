#include "kernels/cuda/own/launch.cuh"
#include "kernels/cuda/own/own_kernels.hpp"
#include "kernels/cuda/own/packed_unary_body.hpp"
#include "kernels/cuda/own/unary_body.hpp"

namespace keraunos::cuda {

const KernelEntry own_unary =
    make_entry<DeviceLauncher, accepts_unary, make_unary_body>("own unary");

void launch_unary(const Unary& function, DType dtype, void* data, std::int64_t count,
                  cudaStream_t stream) {
  if (function.is_identity()) return;
  for_float_element<void>(dtype, [&](auto element) {
    using Element = decltype(element);
    auto* const cells = static_cast<Element*>(data);
    constexpr std::int64_t pack = Pack4<Element>::size;
    if (count % pack == 0) {
      return launch(PackedUnaryBody<Element>{function, count / pack, cells, cells}, stream);
    }
    launch(ActivationBody<Element>{{function}, count, cells, cells}, stream);
  });
}

}  // namespace keraunos::cuda
