#include "kernels/cuda/own/collect_body.hpp"

#include "kernels/cuda/own/accept.hpp"
#include "kernels/cuda/own/strided.hpp"
#include "kernels/reference/slice_walk.hpp"

namespace keraunos::cuda {
namespace {

ForEachElement<CollectBody> make_body(const TensorDesc& output, const StridedIndex& source,
                                      std::int64_t start = 0) {
  return for_element_of<ForEachElement<CollectBody>>(output.dtype, [&](auto element) {
    return CollectBody<decltype(element)>{.size = output.size(), .start = start, .source = source};
  });
}

}  // namespace

Verdict accepts_transpose(const NodeView& node, const BuildOptions&) {
  return accept_rank(node, "own transpose");
}

ForEachElement<CollectBody> make_transpose_body(const NodeView& node) {
  const Dims& input = node.inputs[0].dims;
  const std::vector<std::int64_t> strides = dense_strides(input);
  std::vector<StridedAxis> axes;
  for (const std::size_t axis : node.as<Transpose>().permutation) {
    axes.push_back({input[axis], strides[axis]});
  }
  return make_body(node.outputs[0], make_strided_index(axes));
}

Verdict accepts_slice(const NodeView& node, const BuildOptions&) {
  const Verdict verdict = in_the_name_of("own slice", can_slice(node));
  return verdict ? accept_rank(node, "own slice") : verdict;
}

ForEachElement<CollectBody> make_slice_body(const NodeView& node) {
  const SliceWalk walk(node.as<Slice>(), node.inputs[0].dims);
  return make_body(node.outputs[0], make_strided_index(node.outputs[0].dims, walk.strides),
                   walk.start);
}

Verdict accepts_broadcast(const NodeView& node, const BuildOptions&) {
  return accept_rank(node, "own broadcast");
}

ForEachElement<CollectBody> make_broadcast_body(const NodeView& node) {
  const TensorDesc& output = node.outputs[0];
  return make_body(output, make_broadcast_index(node.inputs[0].dims, output.dims));
}

}  // namespace keraunos::cuda
