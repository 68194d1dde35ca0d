#pragma once

#include "kernels/cuda/cudnn_graph.hpp"
#include "runtime/backend/kernel.hpp"

// From nodes to cuDNN's problems. Nothing here needs a GPU.

namespace keraunos::cuda {

/// Yes where all tensors of the node are float32 and hold something, and inputs 1 and up are
/// weights.
Verdict accept_float32_weights(const NodeView& node);

/// The convolution of a Conv node, and the part of its epilogue that cuDNN takes over. One spatial
/// axis becomes two, the first of size 1. The problem holds sizes only, so it is shared by all
/// models and shapes in which the same convolution occurs.
ConvProblem conv_problem(const NodeView& node, Precision precision);

/// What is left of the node's activation after `epilogue`.
Unary remaining_activation(const Unary& activation, ConvEpilogue epilogue);

/// The pooling of a Pool node.
PoolProblem pool_problem(const NodeView& node);

/// Keras's kernel (cells..., in, out) as cuDNN's filter (out, cells..., in): a transposition of
/// `rows` = cells * in by `columns` = out.
void pack_filter(const float* src, float* dst, std::int64_t rows, std::int64_t columns);

}  // namespace keraunos::cuda
