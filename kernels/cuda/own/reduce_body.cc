#include "kernels/cuda/own/reduce_body.hpp"

#include "kernels/cuda/own/accept.hpp"
#include "kernels/reference/reductions.hpp"

namespace keraunos::cuda {

Verdict accepts_reduce(const NodeView& node, const BuildOptions&) {
  const DType dtype = arithmetic_dtype(node.inputs[0].dtype);
  const Verdict verdict =
      in_the_name_of("own reduce", reference::can_reduce(node.as<Reduce>().fn, dtype));
  return verdict ? accept_rank(node, "own reduce") : verdict;
}

ForEachNumber<ReduceBody> make_reduce_body(const NodeView& node) {
  const Reduce& reduce = node.as<Reduce>();
  const RowSplit split = make_row_split(node.inputs[0].dims, reduce.axes);
  return for_number_element<ForEachNumber<ReduceBody>>(node.inputs[0].dtype, [&](auto element) {
    return ReduceBody<decltype(element)>{.fn = reduce.fn, .split = split};
  });
}

}  // namespace keraunos::cuda
