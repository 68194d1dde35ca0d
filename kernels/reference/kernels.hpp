#pragma once

#include <cstddef>
#include <span>

#include "runtime/backend/kernel.hpp"

namespace keraunos {

/// Every op in plain loops with double accumulation: the truth that tests compare with, and the
/// last resort of the CPU's lists. Each entry takes every node of its op that it can compute; View
/// has none, because a view never reaches a kernel. Single-threaded, host memory.
std::span<const KernelEntry> reference_kernels(std::size_t op_index);

}  // namespace keraunos

namespace keraunos::reference {

KernelEntry conv();
KernelEntry conv_transpose();
KernelEntry matmul();
KernelEntry batch_matmul();
KernelEntry recurrent();
KernelEntry pool();
KernelEntry adaptive_pool();
KernelEntry reduce();
KernelEntry arg_reduce();
KernelEntry scan();
KernelEntry sort();
KernelEntry unary();
KernelEntry binary();
KernelEntry select();
KernelEntry affine();
KernelEntry norm();
KernelEntry softmax();
KernelEntry resize();
KernelEntry pad();
KernelEntry concat();
KernelEntry slice();
KernelEntry broadcast();
KernelEntry gather();
KernelEntry gather_along();
KernelEntry transpose();
KernelEntry cast();
KernelEntry sizes();
KernelEntry chain();
KernelEntry lookup();
KernelEntry hash();
KernelEntry vectorize_text();
KernelEntry custom();

/// What every resize kernel asks for: float32, and axes short enough for float32 positions.
Verdict can_resize(const NodeView& node);

}  // namespace keraunos::reference
