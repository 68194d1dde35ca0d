#include "kernels/cuda/own/select_body.hpp"

#include "kernels/cuda/own/accept.hpp"
#include "kernels/cuda/own/strided.hpp"

namespace keraunos::cuda {

Verdict accepts_select(const NodeView& node, const BuildOptions&) {
  return accept_rank(node, "own select");
}

ForEachElement<SelectBody> make_select_body(const NodeView& node) {
  const TensorDesc& output = node.outputs[0];
  const auto index_of = [&](std::size_t input) {
    return make_broadcast_index(node.inputs[input].dims, output.dims);
  };
  return for_element_of<ForEachElement<SelectBody>>(output.dtype, [&](auto element) {
    return SelectBody<decltype(element)>{.size = output.size(),
                                         .condition_index = index_of(0),
                                         .a_index = index_of(1),
                                         .b_index = index_of(2)};
  });
}

}  // namespace keraunos::cuda
