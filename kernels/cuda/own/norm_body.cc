#include "kernels/cuda/own/norm_body.hpp"

#include "kernels/cuda/own/accept.hpp"

namespace keraunos::cuda {

Verdict accepts_norm(const NodeView& node, const BuildOptions&) {
  return accept_float_and_rank(node, "own norm");
}

ForEachFloat<NormBody> make_norm_body(const NodeView& node) {
  const Norm& norm = node.as<Norm>();
  const RowSplit split = make_row_split(node.inputs[0].dims, norm.axes);
  return for_float_element<ForEachFloat<NormBody>>(node.inputs[0].dtype, [&](auto element) {
    return NormBody<decltype(element)>{.fn = norm.fn, .epsilon = norm.epsilon, .split = split};
  });
}

}  // namespace keraunos::cuda
