#include "kernels/cuda/own/gather_body.hpp"

#include "kernels/cuda/own/accept.hpp"
#include "kernels/cuda/own/strided.hpp"
#include "kernels/reference/strides.hpp"

namespace keraunos::cuda {
namespace {

GatherNumbers numbers_of(const NodeView& node, std::size_t axis) {
  return {.wide = node.inputs[1].dtype == DType::int64, .cells = node.inputs[0].dims[axis]};
}

}  // namespace

Verdict accepts_gather(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

ForEachElement<GatherBody> make_gather_body(const NodeView& node) {
  const std::size_t axis = node.as<Gather>().axis;
  return for_element_of<ForEachElement<GatherBody>>(node.inputs[0].dtype, [&](auto element) {
    return GatherBody<decltype(element)>{.size = node.outputs[0].size(),
                                         .number_count = node.inputs[1].size(),
                                         .after = dense_strides(node.inputs[0].dims)[axis],
                                         .numbers = numbers_of(node, axis)};
  });
}

Verdict accepts_gather_along(const NodeView& node, const BuildOptions&) {
  return accept_rank(node, "own gather along");
}

ForEachElement<GatherAlongBody> make_gather_along_body(const NodeView& node) {
  const std::size_t axis = node.as<GatherAlong>().axis;
  const Dims& input = node.inputs[0].dims;
  const Dims& output = node.outputs[0].dims;
  Dims line_strides = broadcast_strides(input, output);
  line_strides[axis] = 0;
  return for_element_of<ForEachElement<GatherAlongBody>>(node.inputs[0].dtype, [&](auto element) {
    return GatherAlongBody<decltype(element)>{
        .size = node.outputs[0].size(),
        .number_index = make_broadcast_index(node.inputs[1].dims, output),
        .line_index = make_strided_index(output, line_strides),
        .stride = dense_strides(input)[axis],
        .numbers = numbers_of(node, axis)};
  });
}

}  // namespace keraunos::cuda
