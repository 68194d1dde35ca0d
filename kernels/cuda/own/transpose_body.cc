#include "kernels/cuda/own/transpose_body.hpp"

#include "kernels/cuda/own/accept.hpp"
#include "kernels/cuda/own/strided.hpp"

namespace keraunos::cuda {

Verdict accepts_transpose(const NodeView& node, const BuildOptions&) {
  return accept_rank(node, "own transpose");
}

ForEachElement<TransposeBody> make_transpose_body(const NodeView& node) {
  const TensorDesc& input = node.inputs[0];
  const std::vector<std::int64_t> strides = dense_strides(input.dims);
  std::vector<StridedAxis> axes;
  for (const std::size_t axis : node.as<Transpose>().permutation) {
    axes.push_back({input.dims[axis], strides[axis]});
  }
  const StridedIndex source = make_strided_index(axes);
  return for_element_of<ForEachElement<TransposeBody>>(input.dtype, [&](auto element) {
    return TransposeBody<decltype(element)>{.size = input.size(), .source = source};
  });
}

}  // namespace keraunos::cuda
