#include "kernels/cuda/own/packed_pool_body.hpp"

#include <fmt/format.h>

namespace keraunos::cuda {

Verdict accepts_packed_pool(const NodeView& node, const BuildOptions&) {
  constexpr std::int64_t most_cells = 64;
  const Pool& pool = node.as<Pool>();
  const std::int64_t channels = node.inputs[0].dims.back();
  if (channels % Pack4<float>::size != 0) {
    return Verdict::no(fmt::format("own packed pool wants a multiple of {} channels, got {}",
                                   Pack4<float>::size, channels));
  }
  std::int64_t cells = 1;
  for (const Window& window : pool.windows) cells *= window.size;
  if (cells > most_cells) {
    return Verdict::no(
        fmt::format("own packed pool takes windows of up to {} cells, got {}", most_cells, cells));
  }
  return accept_sliding(pool.windows.size(), node, "own packed pool");
}

ForEachFloat<PackedPoolBody> make_packed_pool_body(const NodeView& node) {
  const Pool& pool = node.as<Pool>();
  const Sliding sliding = make_sliding(pool.windows, node);
  return for_float_element<ForEachFloat<PackedPoolBody>>(node.inputs[0].dtype, [&](auto element) {
    return PackedPoolBody<decltype(element)>{.fn = pool.fn,
                                             .sliding = sliding,
                                             .channels = node.inputs[0].dims.back(),
                                             .input_row = node.input_row(0),
                                             .output_row = node.output_row()};
  });
}

}  // namespace keraunos::cuda
