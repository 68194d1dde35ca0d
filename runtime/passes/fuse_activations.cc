#include "runtime/passes/passes.hpp"

// Conv or MatMul -> Unary becomes one op with an activation.

namespace keraunos {
namespace {

Unary* activation_of(Op& op) {
  if (auto* conv = std::get_if<Conv>(&op)) return &conv->activation;
  if (auto* matmul = std::get_if<MatMul>(&op)) return &matmul->activation;
  if (auto* transposed = std::get_if<ConvTranspose>(&op)) return &transposed->activation;
  return nullptr;
}

}  // namespace

void fuse_activations(Graph& graph) {
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    const Node node = graph.nodes()[id];
    const auto* unary = std::get_if<Unary>(&node.op);
    if (unary == nullptr || !is_activation(unary->fn) || !graph.has_single_use(node.inputs[0]))
      continue;
    const auto behind = graph.producer(node.inputs[0]);
    if (!behind) continue;
    Node& producer = graph.node(*behind);
    Unary* const activation = activation_of(producer.op);
    if (activation == nullptr || !activation->is_identity()) continue;
    *activation = *unary;
    graph.replace_uses(node.outputs[0], producer.outputs[0]);
    graph.remove(id);
  }
  graph.compact();
}

}  // namespace keraunos
