#pragma once

#include <memory>
#include <span>

#include "runtime/backend/kernel.hpp"

namespace keraunos {

/// True for float16 and bfloat16.
constexpr bool is_narrow(DType dtype) {
  return dtype == DType::float16 || dtype == DType::bfloat16;
}

/// A kernel for host memory that computes with `inner` what tensors of `inputs` and `outputs` hold
/// in 16-bit floats: `inner` was made for the same node in float32.
std::unique_ptr<const Kernel> widened_kernel(std::unique_ptr<const Kernel> inner,
                                             std::span<const TensorDesc> inputs,
                                             std::span<const TensorDesc> outputs);

}  // namespace keraunos
