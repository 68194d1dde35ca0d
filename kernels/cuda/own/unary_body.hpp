#pragma once

#include "kernels/cuda/own/activation.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// output[i] = function(input[i]); input and output may be the same.
struct UnaryBody {
  Unary function;
  std::int64_t size = 0;
  const float* input = nullptr;
  float* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<float>(0);
    output = args.output<float>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    output[i] = activate(function, input[i]);
  }
};

Verdict accepts_unary(const NodeView& node, const BuildOptions& options);
UnaryBody make_unary_body(const NodeView& node);

}  // namespace keraunos::cuda
