#pragma once

#include <variant>

#include "kernels/cuda/own/float_element.hpp"
#include "runtime/ops/conv.hpp"

// What a convolution makes of each cell of its input. Bodies are made for either, so that those
// that read cells as they are pay neither an instruction nor a register for those that clamp.

namespace keraunos::cuda {

struct AsStored {
  KERAUNOS_DEVICE float operator()(float x) const { return x; }
};

struct Clamped {
  Clamp bounds;

  KERAUNOS_DEVICE float operator()(float x) const {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    // Two instructions for each cell of a window; nvcc makes four of clamp_or_nan's comparisons,
    // which tell the zeros apart.
    asm("max.NaN.f32 %0, %0, %1;\n\tmin.NaN.f32 %0, %0, %2;"
        : "+f"(x)
        : "f"(bounds.low), "f"(bounds.high));
    return x;
#else
    return clamp_or_nan(x, bounds.low, bounds.high);
#endif
  }
};

template <template <typename Element, typename Read> typename Body>
using ForEachFloatAndRead =
    std::variant<Body<float, AsStored>, Body<Float16, AsStored>, Body<BFloat16, AsStored>,
                 Body<float, Clamped>, Body<Float16, Clamped>, Body<BFloat16, Clamped>>;

/// make(Element{}, read) for the float element with this dtype and what reads through `clamp`.
template <typename Result, typename Make>
Result for_float_element_and_read(DType dtype, const Clamp& clamp, const Make& make) {
  return for_float_element<Result>(dtype, [&](auto element) -> Result {
    if (clamp.is_identity()) return make(element, AsStored{});
    return make(element, Clamped{clamp});
  });
}

}  // namespace keraunos::cuda
