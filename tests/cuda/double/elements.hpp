#pragma once

#include "kernels/cuda/own/float_element.hpp"
#include "tests/cuda/double/device.hpp"

namespace keraunos::cuda_double {

/// Floats of device memory as a library reads and writes them.
struct Elements {
  DType dtype = DType::float32;
  bool tf32 = false;  // read as TF32

  float load(const void* data, std::int64_t i) const {
    return cuda::for_float_element<float>(dtype, [&](auto element) {
      const float x = cuda::to_float(static_cast<const decltype(element)*>(data)[i]);
      return tf32 ? round_to_tf32(x) : x;
    });
  }
  void store(void* data, std::int64_t i, double value) const {
    cuda::for_float_element<void>(dtype, [&](auto element) {
      using Element = decltype(element);
      static_cast<Element*>(data)[i] = cuda::from_float<Element>(static_cast<float>(value));
    });
  }
};

}  // namespace keraunos::cuda_double
