#pragma once

#include "kernels/cuda/own/element.hpp"
#include "kernels/cuda/own/index_space.hpp"
#include "runtime/backend/kernel.hpp"

// Transpose, Slice and Broadcast: each cell of the output is one of the input's, found by strides.

namespace keraunos::cuda {

/// output[i] = input[start + source(i)].
template <typename Element>
struct CollectBody {
  std::int64_t size = 0;
  std::int64_t start = 0;
  StridedIndex source;
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    output = args.output<Element>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const { output[i] = input[start + source(i)]; }
};

Verdict accepts_transpose(const NodeView& node, const BuildOptions& options);
ForEachElement<CollectBody> make_transpose_body(const NodeView& node);

Verdict accepts_slice(const NodeView& node, const BuildOptions& options);
ForEachElement<CollectBody> make_slice_body(const NodeView& node);

Verdict accepts_broadcast(const NodeView& node, const BuildOptions& options);
ForEachElement<CollectBody> make_broadcast_body(const NodeView& node);

}  // namespace keraunos::cuda
