#include "kernels/cuda/own/packed_unary_body.hpp"

#include <fmt/format.h>

#include "kernels/cuda/own/accept.hpp"

namespace keraunos::cuda {
namespace {

constexpr std::int64_t pack = Pack4<float>::size;

}  // namespace

Verdict accepts_packed_unary(const NodeView& node, const BuildOptions&) {
  if (!is_activation(node.as<Unary>().fn)) {
    return Verdict::no("own packed unary computes activations only");
  }
  if (node.inputs[0].size() % pack != 0) {
    return Verdict::no(fmt::format("own packed unary wants a multiple of {} cells, got {}", pack,
                                   node.inputs[0].size()));
  }
  return accept_float(node, "own packed unary");
}

ForEachFloat<PackedUnaryBody> make_packed_unary_body(const NodeView& node) {
  const TensorDesc& input = node.inputs[0];
  return for_float_element<ForEachFloat<PackedUnaryBody>>(input.dtype, [&](auto element) {
    return PackedUnaryBody<decltype(element)>{.function = node.as<Unary>(),
                                              .packs = input.size() / pack};
  });
}

Verdict accepts_packed_affine(const NodeView& node, const BuildOptions&) {
  const Dims& dims = node.inputs[0].dims;
  if (node.as<Affine>().axis + 1 != dims.size() || dims.back() % pack != 0) {
    return Verdict::no(fmt::format(
        "own packed affine wants a last axis of a multiple of {} cells, got axis {} of {}", pack,
        node.as<Affine>().axis, to_string(dims)));
  }
  return accept_float(node, "own packed affine");
}

ForEachFloat<PackedAffineBody> make_packed_affine_body(const NodeView& node) {
  const TensorDesc& input = node.inputs[0];
  return for_float_element<ForEachFloat<PackedAffineBody>>(input.dtype, [&](auto element) {
    return PackedAffineBody<decltype(element)>{.packs = input.size() / pack,
                                               .cells = input.dims.back()};
  });
}

}  // namespace keraunos::cuda
