#include "kernels/cuda/own/pool_body.hpp"

namespace keraunos::cuda {

Verdict accepts_pool(const NodeView& node, const BuildOptions&) {
  return accept_sliding(node.as<Pool>().windows, node, "own pool");
}

ForEachFloat<PoolBody> make_pool_body(const NodeView& node) {
  const Pool& pool = node.as<Pool>();
  const TensorDesc& input = node.inputs[0];
  const Sliding sliding = make_sliding(pool.windows, node);
  return for_float_element<ForEachFloat<PoolBody>>(input.dtype, [&](auto element) {
    return PoolBody<decltype(element)>{
        .fn = pool.fn, .sliding = sliding, .channels = input.dims.back()};
  });
}

}  // namespace keraunos::cuda
