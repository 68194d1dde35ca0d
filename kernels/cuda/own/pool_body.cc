#include "kernels/cuda/own/pool_body.hpp"

namespace keraunos::cuda {

Verdict accepts_pool(const NodeView& node, const BuildOptions&) {
  return accept_sliding(node.as<Pool>().windows, node, "own pool");
}

PoolBody make_pool_body(const NodeView& node) {
  const Pool& pool = node.as<Pool>();
  PoolBody body;
  body.fn = pool.fn;
  body.sliding = make_sliding(pool.windows, node);
  body.channels = node.inputs[0].dims.back();
  return body;
}

}  // namespace keraunos::cuda
