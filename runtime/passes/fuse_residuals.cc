#include "runtime/passes/passes.hpp"

// Conv with bias -> add of another tensor becomes one Conv with a residual. Depthwise convolutions
// are left: their kernel gains nothing.

namespace keraunos {
namespace {

/// True where input `i` of the addition is made by a convolution that can add the other one.
bool can_take_over(const Graph& graph, const Node& addition, std::size_t i) {
  const ValueId sum = addition.inputs[i];
  const ValueId other = addition.inputs[1 - i];
  const auto producer = graph.producer(sum);
  if (!producer || !graph.has_single_use(sum) || graph.value(other).constant) return false;
  const Node& node = graph.nodes()[*producer];
  const auto* const conv = std::get_if<Conv>(&node.op);
  return conv != nullptr && conv->groups == 1 && conv->activation.is_identity() &&
         node.inputs.size() == 3 && graph.shape(other) == graph.shape(sum);
}

}  // namespace

void fuse_residuals(Graph& graph) {
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    const Node addition = graph.nodes()[id];
    const auto* const binary = std::get_if<Binary>(&addition.op);
    if (binary == nullptr || binary->fn != BinaryFn::add) continue;
    // Of two convolutions the later one: its operands are there already.
    const bool second = can_take_over(graph, addition, 1);
    if (!second && !can_take_over(graph, addition, 0)) continue;
    const std::size_t i = second ? 1 : 0;
    const NodeId conv = *graph.producer(addition.inputs[i]);
    std::vector<ValueId> inputs = graph.nodes()[conv].inputs;
    inputs.push_back(addition.inputs[1 - i]);
    graph.set_inputs(conv, std::move(inputs));
    graph.replace_uses(addition.outputs[0], addition.inputs[i]);
    graph.remove(id);
  }
  graph.compact();
}

}  // namespace keraunos
