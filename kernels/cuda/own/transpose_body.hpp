#pragma once

#include "kernels/cuda/own/element.hpp"
#include "kernels/cuda/own/index_space.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// output[i] = input[source(i)].
template <typename Element>
struct TransposeBody {
  std::int64_t size = 0;
  StridedIndex source;
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    output = args.output<Element>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const { output[i] = input[source(i)]; }
};

Verdict accepts_transpose(const NodeView& node, const BuildOptions& options);
ForEachElement<TransposeBody> make_transpose_body(const NodeView& node);

}  // namespace keraunos::cuda
