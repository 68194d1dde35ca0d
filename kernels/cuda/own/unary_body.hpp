#pragma once

#include "kernels/cuda/own/activation.hpp"
#include "kernels/cuda/own/float_element.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// output[i] = function(input[i]); input and output may be the same.
template <typename Element>
struct UnaryBody {
  Unary function;
  std::int64_t size = 0;
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    output = args.output<Element>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    output[i] = from_float<Element>(activate(function, to_float(input[i])));
  }
};

Verdict accepts_unary(const NodeView& node, const BuildOptions& options);
ForEachFloat<UnaryBody> make_unary_body(const NodeView& node);

}  // namespace keraunos::cuda
