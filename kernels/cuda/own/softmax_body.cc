#include "kernels/cuda/own/softmax_body.hpp"

#include <fmt/format.h>

#include "kernels/cuda/own/accept.hpp"
#include "kernels/cuda/own/strided.hpp"

namespace keraunos::cuda {

Verdict accepts_softmax(const NodeView& node, const BuildOptions&) {
  constexpr std::int64_t most_cells = 4096;
  const Softmax& softmax = node.as<Softmax>();
  const std::int64_t cells = cell_count(select_axes(node.inputs[0].dims, softmax.axes, true));
  if (softmax.fn == SoftmaxFn::sparsemax && cells > most_cells) {
    return Verdict::no(
        fmt::format("own sparsemax takes rows of up to {} cells, got {}", most_cells, cells));
  }
  return accept_float_and_rank(node, "own softmax");
}

ForEachFloat<SoftmaxBody> make_softmax_body(const NodeView& node) {
  const Softmax& softmax = node.as<Softmax>();
  const RowSplit split = make_row_split(node.inputs[0].dims, softmax.axes);
  return for_float_element<ForEachFloat<SoftmaxBody>>(node.inputs[0].dtype, [&](auto element) {
    return SoftmaxBody<decltype(element)>{.fn = softmax.fn, .split = split};
  });
}

}  // namespace keraunos::cuda
