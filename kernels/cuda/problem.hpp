#pragma once

#include "kernels/cuda/cudnn_graph.hpp"
#include "kernels/cuda/own/float_element.hpp"
#include "runtime/backend/kernel.hpp"

// From nodes to cuDNN's problems. Nothing here needs a GPU.

namespace keraunos::cuda {

/// Yes where input 0 is of a float type that kernels read, inputs 1 and up are weights in float32,
/// and all tensors hold something.
Verdict accept_weights(const NodeView& node);

/// True where float32 arithmetic may round its operands to TF32.
constexpr bool uses_tf32(DType dtype, Precision precision) {
  return dtype == DType::float32 && precision == Precision::tf32;
}

/// The convolution of a Conv node, and the part of its epilogue that cuDNN takes over. One spatial
/// axis becomes two, the first of size 1. The problem holds sizes only, so it is shared by all
/// models and shapes in which the same convolution occurs.
ConvProblem conv_problem(const NodeView& node, Precision precision);

/// What is left of the node's activation after `epilogue`.
Unary remaining_activation(const Unary& activation, ConvEpilogue epilogue);

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
