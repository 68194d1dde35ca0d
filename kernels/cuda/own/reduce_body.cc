#include "kernels/cuda/own/reduce_body.hpp"

#include <fmt/format.h>

#include "kernels/cuda/own/accept.hpp"

namespace keraunos::cuda {

Verdict accepts_reduce(const NodeView& node, const BuildOptions&) {
  const ReduceFn fn = node.as<Reduce>().fn;
  if (fn != ReduceFn::mean && fn != ReduceFn::max) {
    return Verdict::no(fmt::format("own reduce does not compute {}", to_string(fn)));
  }
  return accept_float32_and_rank(node, "own reduce");
}

ReduceBody make_reduce_body(const NodeView& node) {
  const Reduce& reduce = node.as<Reduce>();
  ReduceBody body;
  body.fn = reduce.fn;
  body.split = make_row_split(node.inputs[0].dims, reduce.axes);
  return body;
}

}  // namespace keraunos::cuda
