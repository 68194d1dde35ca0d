#pragma once

#include "runtime/backend/kernel.hpp"

// Convolution and matrix products by oneDNN: the ops where its generated code pays. What it does
// not get right stays with our own kernels: its relu, clip and maximum lose NaN, its exponential
// turns NaN into infinity, its reductions are plain loops. So activations are a pass of our own
// over the result, which costs a few percent of a convolution. Its transposed convolution is slower
// than ours.

namespace keraunos::cpu::onednn {

KernelEntry conv();
KernelEntry matmul();
KernelEntry batch_matmul();

}  // namespace keraunos::cpu::onednn
