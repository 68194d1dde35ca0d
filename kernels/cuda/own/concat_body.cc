#include "kernels/cuda/own/concat_body.hpp"

#include "kernels/cuda/own/strided.hpp"

namespace keraunos::cuda {
namespace {

template <typename Element>
ConcatBodies<Element> make_bodies(const NodeView& node) {
  const std::size_t axis = node.as<Concat>().axis;
  const Dims& output = node.outputs[0].dims;
  const std::int64_t inner = dense_strides(output)[axis];
  ConcatBodies<Element> bodies;
  std::int64_t start = 0;
  for (std::size_t part = 0; part < node.inputs.size(); ++part) {
    const std::int64_t run = node.inputs[part].dims[axis] * inner;
    if (run > 0) {
      bodies.push_back({.part = part,
                        .size = node.inputs[part].size(),
                        .run = run,
                        .pitch = output[axis] * inner,
                        .start = start});
    }
    start += run;
  }
  return bodies;
}

}  // namespace

Verdict accepts_concat(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

ForEachElement<ConcatBodies> make_concat_bodies(const NodeView& node) {
  return for_element_of<ForEachElement<ConcatBodies>>(
      node.outputs[0].dtype, [&](auto element) { return make_bodies<decltype(element)>(node); });
}

}  // namespace keraunos::cuda
