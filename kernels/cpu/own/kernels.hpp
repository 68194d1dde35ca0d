#pragma once

#include "runtime/backend/kernel.hpp"

// Our own kernels: vector loops of simd.hpp, split over threads where that pays. They allocate
// nothing while running, and NaN goes through them as it does through Keras.

namespace keraunos::cpu::own {

KernelEntry conv();       // register-blocked product over windows read in place
KernelEntry depthwise();  // one input channel per output channel
KernelEntry matmul();     // the same product without windows

/// The same, for work so small that oneDNN's fixed cost per call shows, which it does up to some
/// four million multiply-adds (a hundred microseconds), and for products with so few rows that
/// reading the matrix is all there is to do.
KernelEntry small_conv();
KernelEntry small_matmul();

KernelEntry conv_transpose();
KernelEntry batch_matmul();
KernelEntry recurrent();
KernelEntry conv_recurrent();  // with windows
KernelEntry pool();
KernelEntry adaptive_pool();
KernelEntry reduce();
KernelEntry unary();
KernelEntry binary();
KernelEntry typed_binary();  // every function and dtype of the reference
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
KernelEntry transpose();

}  // namespace keraunos::cpu::own
