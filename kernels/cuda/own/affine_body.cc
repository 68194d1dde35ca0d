#include "kernels/cuda/own/affine_body.hpp"

#include "kernels/cuda/own/accept.hpp"
#include "kernels/cuda/own/strided.hpp"

namespace keraunos::cuda {

Verdict accepts_affine(const NodeView& node, const BuildOptions&) {
  return accept_float32(node, "own affine");
}

AffineBody make_affine_body(const NodeView& node) {
  const std::size_t axis = node.as<Affine>().axis;
  const Dims& dims = node.inputs[0].dims;
  AffineBody body;
  body.size = node.outputs[0].size();
  body.cells = dims[axis];
  body.stride = dense_strides(dims)[axis];
  return body;
}

}  // namespace keraunos::cuda
