#include "kernels/cuda/own/reduce_body.hpp"

#include <fmt/format.h>

#include "kernels/cuda/own/accept.hpp"

namespace keraunos::cuda {

Verdict accepts_reduce(const NodeView& node, const BuildOptions&) {
  const ReduceFn fn = node.as<Reduce>().fn;
  if (fn != ReduceFn::mean && fn != ReduceFn::max) {
    return Verdict::no(fmt::format("own reduce does not compute {}", to_string(fn)));
  }
  return accept_float_and_rank(node, "own reduce");
}

ForEachFloat<ReduceBody> make_reduce_body(const NodeView& node) {
  const Reduce& reduce = node.as<Reduce>();
  const RowSplit split = make_row_split(node.inputs[0].dims, reduce.axes);
  return for_float_element<ForEachFloat<ReduceBody>>(node.inputs[0].dtype, [&](auto element) {
    return ReduceBody<decltype(element)>{.fn = reduce.fn, .split = split};
  });
}

}  // namespace keraunos::cuda
