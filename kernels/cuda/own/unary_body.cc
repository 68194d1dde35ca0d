#include "kernels/cuda/own/unary_body.hpp"

#include <fmt/format.h>

#include "kernels/cuda/own/accept.hpp"

namespace keraunos::cuda {

Verdict accepts_unary(const NodeView& node, const BuildOptions&) {
  if (!is_activation(node.as<Unary>().fn)) {
    return Verdict::no(fmt::format("own unary does not compute {}", node.as<Unary>().describe()));
  }
  return accept_float32(node, "own unary");
}

UnaryBody make_unary_body(const NodeView& node) {
  UnaryBody body;
  body.function = node.as<Unary>();
  body.size = node.outputs[0].size();
  return body;
}

}  // namespace keraunos::cuda
