#include "kernels/cuda/own/affine_body.hpp"

#include "kernels/cuda/own/accept.hpp"
#include "kernels/cuda/own/strided.hpp"

namespace keraunos::cuda {

Verdict accepts_affine(const NodeView& node, const BuildOptions&) {
  return accept_float(node, "own affine");
}

ForEachFloat<AffineBody> make_affine_body(const NodeView& node) {
  const std::size_t axis = node.as<Affine>().axis;
  const TensorDesc& input = node.inputs[0];
  const std::int64_t stride = dense_strides(input.dims)[axis];
  return for_float_element<ForEachFloat<AffineBody>>(input.dtype, [&](auto element) {
    return AffineBody<decltype(element)>{
        .size = input.size(), .cells = input.dims[axis], .stride = stride};
  });
}

}  // namespace keraunos::cuda
