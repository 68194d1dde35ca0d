#include "kernels/cuda/own/arg_reduce_body.hpp"

#include <array>

#include "kernels/cuda/own/accept.hpp"

namespace keraunos::cuda {

Verdict accepts_arg_reduce(const NodeView& node, const BuildOptions&) {
  const auto& [dtype, dims] = node.inputs[0];
  const std::int64_t cells = dims[node.as<ArgReduce>().axis];
  const Verdict verdict =
      in_the_name_of("own arg reduce", reference::can_number(cells, arithmetic_dtype(dtype)));
  return verdict ? accept_rank(node, "own arg reduce") : verdict;
}

ForEachNumber<ArgReduceBody> make_arg_reduce_body(const NodeView& node) {
  const ArgReduce& op = node.as<ArgReduce>();
  const RowSplit split = make_row_split(node.inputs[0].dims, std::array{op.axis});
  return for_number_element<ForEachNumber<ArgReduceBody>>(node.inputs[0].dtype, [&](auto element) {
    return ArgReduceBody<decltype(element)>{.largest = op.largest, .split = split};
  });
}

}  // namespace keraunos::cuda
