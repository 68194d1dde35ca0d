#pragma once

#include <cstdint>

#include "kernels/cuda/own/float_element.hpp"
#include "runtime/backend/kernel.hpp"

// Weights in the forms that kernels want, in device memory. Nothing here needs a GPU.

namespace keraunos::cuda {

/// Keras's kernel (cells..., in, out) as cuDNN's filter (out, cells..., in), rounded to Element: a
/// transposition of `rows` = cells * in by `columns` = out.
template <typename Element>
void pack_filter(const float* src, Element* dst, std::int64_t rows, std::int64_t columns) {
  constexpr std::int64_t tile = 32;  // keeps both sides of the transposition in the cache
  for (std::int64_t row = 0; row < rows; row += tile) {
    for (std::int64_t column = 0; column < columns; column += tile) {
      for (std::int64_t c = column; c < smaller(column + tile, columns); ++c) {
        for (std::int64_t r = row; r < smaller(row + tile, rows); ++r) {
          dst[c * rows + r] = from_float<Element>(src[r * columns + c]);
        }
      }
    }
  }
}

/// The float32 weight `input` of a kernel under construction as a filter of `dtype`, in device
/// memory.
const void* packed_filter(KernelBuild& build, std::size_t input, DType dtype, std::int64_t rows,
                          std::int64_t columns);

/// The weight `input`, described by `desc`, rounded to `dtype`, in device memory.
const void* packed_as(KernelBuild& build, std::size_t input, const TensorDesc& desc, DType dtype);

}  // namespace keraunos::cuda
