#include "kernels/cuda/own/pool_body.hpp"

namespace keraunos::cuda {
namespace {

template <template <typename> typename Body, typename Windows>
ForEachFloat<Body> make_body(PoolFn fn, const Windows& windows, const TensorDesc& input) {
  return for_float_element<ForEachFloat<Body>>(input.dtype, [&](auto element) {
    return Body<decltype(element)>{.fn = fn, .windows = windows, .channels = input.dims.back()};
  });
}

}  // namespace

Verdict accepts_pool(const NodeView& node, const BuildOptions&) {
  return accept_sliding(node.as<Pool>().windows.size(), node, "own pool");
}

ForEachFloat<PoolBody> make_pool_body(const NodeView& node) {
  const Pool& pool = node.as<Pool>();
  return make_body<PoolBody>(pool.fn, make_sliding(pool.windows, node), node.inputs[0]);
}

Verdict accepts_adaptive_pool(const NodeView& node, const BuildOptions&) {
  return accept_sliding(node.as<AdaptivePool>().sizes.size(), node, "own adaptive pool");
}

ForEachFloat<AdaptivePoolBody> make_adaptive_pool_body(const NodeView& node) {
  return make_body<AdaptivePoolBody>(node.as<AdaptivePool>().fn, make_adaptive_windows(node),
                                     node.inputs[0]);
}

}  // namespace keraunos::cuda
