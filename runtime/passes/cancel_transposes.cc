#include "runtime/passes/passes.hpp"

// Two transposes in a row become one, or none where they undo each other.

namespace keraunos {

void cancel_transposes(Graph& graph) {
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    auto* outer = std::get_if<Transpose>(&graph.node(id).op);
    if (outer == nullptr) continue;
    const ValueId input = graph.nodes()[id].inputs[0];
    if (const auto behind = graph.producer(input)) {
      const Node& inner_node = graph.nodes()[*behind];
      if (const auto* inner = std::get_if<Transpose>(&inner_node.op)) {
        for (std::size_t& axis : outer->permutation) axis = inner->permutation[axis];
        graph.set_input(id, 0, inner_node.inputs[0]);
      }
    }
    if (outer->is_identity()) {
      const ValueId output = graph.nodes()[id].outputs[0];
      const ValueId source = graph.nodes()[id].inputs[0];
      graph.remove(id);
      graph.replace_uses(output, source);
    }
  }
  graph.compact();
}

}  // namespace keraunos
