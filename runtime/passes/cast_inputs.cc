#include "runtime/passes/passes.hpp"

namespace keraunos {

void cast_inputs(Graph& graph, std::span<const DType> dtypes) {
  for (std::size_t i = 0; i < dtypes.size(); ++i) {
    const ValueId input = graph.inputs()[i];
    const DType wanted = graph.type(input).dtype;
    if (dtypes[i] == wanted) continue;
    graph.set_dtype(input, dtypes[i]);
    const ValueId cast = graph.add(Cast{wanted}, {input}, "input");
    const NodeId made_by = *graph.producer(cast);
    graph.replace_uses(input, cast);
    graph.set_input(made_by, 0, input);
  }
  graph.compact();
}

}  // namespace keraunos
