#pragma once

#include "kernels/cuda/cudnn_graph.hpp"
#include "runtime/backend/kernel.hpp"

// From nodes to cuDNN's problems. Nothing here needs a GPU.

namespace keraunos::cuda {

/// Yes for the float types that kernels read.
Verdict accept_data(DType dtype);

/// Yes where all tensors hold something.
Verdict accept_filled(const NodeView& node);

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

}  // namespace keraunos::cuda
