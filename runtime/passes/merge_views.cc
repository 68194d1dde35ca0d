#include "runtime/passes/passes.hpp"

// A view of a view is one view; a view that keeps the shape is nothing.

namespace keraunos {

void merge_views(Graph& graph) {
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    if (!std::holds_alternative<View>(graph.node(id).op)) continue;
    ValueId input = graph.nodes()[id].inputs[0];
    if (const auto behind = graph.producer(input)) {
      const Node& inner = graph.nodes()[*behind];
      if (std::holds_alternative<View>(inner.op)) {
        input = inner.inputs[0];
        graph.set_input(id, 0, input);
      }
    }
    const ValueId output = graph.node(id).outputs[0];
    if (graph.shape(output) == graph.shape(input)) {
      graph.remove(id);
      graph.replace_uses(output, input);
    }
  }
  graph.compact();
}

}  // namespace keraunos
