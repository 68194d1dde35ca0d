#include <algorithm>
#include <optional>

#include "runtime/passes/passes.hpp"

// Transpose -> f becomes f -> Transpose where f works cell by cell, so that transposes meet.

namespace keraunos {
namespace {

// The op that does to the untransposed tensor what `op` does to the transposed one.
std::optional<Op> before_transpose(const Op& op, const Transpose& transpose) {
  if (std::holds_alternative<Unary>(op)) return op;
  if (const auto* affine = std::get_if<Affine>(&op)) {
    return Affine{transpose.permutation.at(affine->axis)};
  }
  if (const auto* pad = std::get_if<Pad>(&op)) {
    Pad moved = *pad;
    for (std::size_t i = 0; i < pad->amounts.size(); ++i) {
      moved.amounts[transpose.permutation[i]] = pad->amounts[i];
    }
    return moved;
  }
  if (const auto* concat = std::get_if<Concat>(&op)) {
    return Concat{transpose.permutation.at(concat->axis)};
  }
  return std::holds_alternative<Binary>(op) ? std::optional(op) : std::nullopt;
}

// The transpose that makes `value`, if there is one that nothing else needs.
const Node* transpose_behind(const Graph& graph, ValueId value) {
  const auto producer = graph.producer(value);
  if (!producer || !graph.has_single_use(value)) return nullptr;
  const Node& node = graph.nodes()[*producer];
  return std::holds_alternative<Transpose>(node.op) ? &node : nullptr;
}

// Tensors that the op reads as such, as opposed to weights along one axis.
std::size_t tensor_inputs(const Node& node) {
  return std::holds_alternative<Affine>(node.op) ? 1 : node.inputs.size();
}

bool sink_one(Graph& graph, NodeId id) {
  const Node node = graph.nodes()[id];
  if (node.outputs.empty()) return false;
  std::vector<ValueId> sources = node.inputs;
  std::optional<Transpose> transpose;
  for (std::size_t i = 0; i < tensor_inputs(node); ++i) {
    const Node* behind = transpose_behind(graph, node.inputs[i]);
    if (behind == nullptr) return false;
    const auto& found = std::get<Transpose>(behind->op);
    if (transpose && !(found == *transpose)) return false;
    transpose = found;
    sources[i] = behind->inputs[0];
  }
  if (!transpose) return false;
  // Inputs of different rank broadcast, and then axes do not line up.
  if (graph.shape(sources[0]).size() != graph.shape(node.outputs[0]).size()) return false;
  auto moved = before_transpose(node.op, *transpose);
  if (!moved) return false;
  const ValueId result = graph.add(std::move(*moved), sources, node.layer);
  graph.add_writing(*transpose, {result}, node.layer, node.outputs[0]);
  graph.remove(id);
  return true;
}

}  // namespace

void sink_transposes(Graph& graph) {
  bool changed = true;
  while (changed) {
    changed = false;
    const std::size_t count = graph.nodes().size();
    for (NodeId id = 0; id < count; ++id) changed = sink_one(graph, id) || changed;
    graph.compact();
  }
}

}  // namespace keraunos
