#include "kernels/cuda/own/sort_body.hpp"

#include <fmt/format.h>

#include "kernels/cuda/own/accept.hpp"
#include "kernels/cuda/own/strided.hpp"

namespace keraunos::cuda {

Verdict accepts_sort(const NodeView& node, const BuildOptions&) {
  constexpr std::int64_t most_cells = 4096;
  const auto& [dtype, dims] = node.inputs[0];
  const std::int64_t cells = dims[node.as<Sort>().axis];
  if (cells > most_cells) {
    return Verdict::no(
        fmt::format("own sort takes lines of up to {} cells, got {}", most_cells, cells));
  }
  return in_the_name_of("own sort", reference::can_number(cells, arithmetic_dtype(dtype)));
}

ForEachNumber<SortBody> make_sort_body(const NodeView& node) {
  const Sort& op = node.as<Sort>();
  const TensorDesc& input = node.inputs[0];
  return for_number_element<ForEachNumber<SortBody>>(input.dtype, [&](auto element) {
    return SortBody<decltype(element)>{.size = input.size(),
                                       .cells = input.dims[op.axis],
                                       .step = dense_strides(input.dims)[op.axis],
                                       .descending = op.descending};
  });
}

}  // namespace keraunos::cuda
