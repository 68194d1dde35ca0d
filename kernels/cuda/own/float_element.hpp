#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "keraunos/dtype.hpp"
#include "keraunos/error.hpp"
#include "kernels/cuda/own/index_space.hpp"
#include "runtime/base/half.hpp"

#ifdef __CUDACC__
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#endif

// Float kernels compute in float32 whatever their tensors are stored in, and are made for each of
// the three: a body is a template over the stored element and reads through to_float.

namespace keraunos::cuda {

struct Float16 {
  static constexpr DType dtype = DType::float16;
  std::uint16_t bits;
};

struct BFloat16 {
  static constexpr DType dtype = DType::bfloat16;
  std::uint16_t bits;
};

KERAUNOS_DEVICE inline float to_float(float x) { return x; }

KERAUNOS_DEVICE inline float to_float(Float16 x) {
#ifdef __CUDA_ARCH__
  return __half2float(__ushort_as_half(x.bits));
#else
  return float16_to_float(x.bits);
#endif
}

KERAUNOS_DEVICE inline float to_float(BFloat16 x) { return bfloat16_to_float(x.bits); }

/// `x` rounded to the nearest value that an Element can hold; beyond its range, infinity.
template <typename Element>
KERAUNOS_DEVICE Element from_float(float x);

template <>
KERAUNOS_DEVICE inline float from_float<float>(float x) {
  return x;
}

template <>
KERAUNOS_DEVICE inline Float16 from_float<Float16>(float x) {
#ifdef __CUDA_ARCH__
  return {__half_as_ushort(__float2half_rn(x))};
#else
  return {float_to_float16(x)};
#endif
}

template <>
KERAUNOS_DEVICE inline BFloat16 from_float<BFloat16>(float x) {
#ifdef __CUDA_ARCH__
  return {__bfloat16_as_ushort(__float2bfloat16_rn(x))};
#else
  return {float_to_bfloat16(x)};
#endif
}

template <template <typename> typename Body>
using ForEachFloat = std::variant<Body<float>, Body<Float16>, Body<BFloat16>>;

/// True for the dtypes that float kernels read and write.
constexpr bool is_float_element(DType dtype) {
  return dtype == DType::float32 || dtype == DType::float16 || dtype == DType::bfloat16;
}

/// make(Element{}) for the float element with this dtype.
template <typename Result, typename Make>
Result for_float_element(DType dtype, const Make& make) {
  switch (dtype) {
    case DType::float32: return make(float{});
    case DType::float16: return make(Float16{});
    case DType::bfloat16: return make(BFloat16{});
    default: break;
  }
  throw Error(ErrorCode::internal,
              "no float kernel has elements of " + std::string(to_string(dtype)));
}

}  // namespace keraunos::cuda
