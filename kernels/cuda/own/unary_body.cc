#include "kernels/cuda/own/unary_body.hpp"

#include <fmt/format.h>

#include "kernels/cuda/own/accept.hpp"

namespace keraunos::cuda {

Verdict accepts_unary(const NodeView& node, const BuildOptions&) {
  if (!is_activation(node.as<Unary>().fn)) {
    return Verdict::no(fmt::format("own unary does not compute {}", node.as<Unary>().describe()));
  }
  return accept_float(node, "own unary");
}

ForEachFloat<UnaryBody> make_unary_body(const NodeView& node) {
  const TensorDesc& input = node.inputs[0];
  return for_float_element<ForEachFloat<UnaryBody>>(input.dtype, [&](auto element) {
    return UnaryBody<decltype(element)>{.function = node.as<Unary>(), .size = input.size()};
  });
}

}  // namespace keraunos::cuda
