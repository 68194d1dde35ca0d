#pragma once

#include <initializer_list>
#include <span>

#include "keraunos/dtype.hpp"

namespace keraunos::keras {

/// What Keras knows of an operand's dtype: a tensor's own, or that of a Python number, which is
/// weak: it gives way to the tensors beside it.
struct NumericType {
  DType dtype = DType::float32;
  bool weak = false;
};

/// Python's `int` and `float`.
inline constexpr NumericType python_int{DType::int64, true};
inline constexpr NumericType python_float{DType::float32, true};

/// keras.backend.result_type on TensorFlow: the least upper bound in JAX's lattice of dtypes.
DType result_type(std::span<const NumericType> types);
inline DType result_type(std::initializer_list<NumericType> types) {
  return result_type(std::span(types.begin(), types.size()));
}

/// The dtype in which kernels compute with numbers of `dtype`: float32, int32, int64 or bool.
DType compute_dtype(DType dtype);

/// What functions of real numbers give: floats keep their dtype, all else becomes float32.
DType float_result(DType dtype);

/// What sums and products give: small integers and bools become 32-bit ones.
DType sum_result(DType dtype);

}  // namespace keraunos::keras
