#pragma once

#include "kernels/cuda/own/index_space.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// output[i] = input[i] * scale[c] + shift[c] for cell c of an axis; input and output may be the
/// same.
struct AffineBody {
  std::int64_t size = 0;
  std::int64_t cells = 1;   // of the axis
  std::int64_t stride = 1;  // of the axis
  const float* input = nullptr;
  const float* scale = nullptr;
  const float* shift = nullptr;
  float* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<float>(0);
    scale = args.input<float>(1);
    shift = args.input<float>(2);
    output = args.output<float>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    const std::int64_t cell = i / stride % cells;
    output[i] = input[i] * scale[cell] + shift[cell];
  }
};

Verdict accepts_affine(const NodeView& node, const BuildOptions& options);
AffineBody make_affine_body(const NodeView& node);

}  // namespace keraunos::cuda
