#pragma once

#include <vector>

#include "kernels/cuda/product.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// The products of a BatchMatMul: the same one, of one matrix or several at equal steps, at each of
/// these offsets.
struct ProductBatches {
  struct Offsets {
    std::int64_t left;  // in elements
    std::int64_t right;
    std::int64_t output;
  };

  Product product;
  std::vector<Offsets> offsets;
};

/// Of a node without empty tensors. As few products as there can be: batch axes along which both
/// operands go on at one step are merged, and a right operand that repeats multiplies one tall
/// matrix. Needs no GPU.
ProductBatches product_batches(const NodeView& node, Precision precision);

}  // namespace keraunos::cuda
