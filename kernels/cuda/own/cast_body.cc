#include "kernels/cuda/own/cast_body.hpp"

namespace keraunos::cuda {

Verdict accepts_cast(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

CastBody make_cast_body(const NodeView& node) {
  CastBody body;
  body.from = node.inputs[0].dtype;
  body.to = node.outputs[0].dtype;
  body.size = node.outputs[0].size();
  return body;
}

}  // namespace keraunos::cuda
