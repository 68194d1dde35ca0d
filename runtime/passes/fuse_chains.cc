#include <algorithm>

#include "runtime/passes/passes.hpp"

// Elementwise nodes that only hand their results on become steps of one Chain, which stands where
// the last of them stood: whatever the others read is there by then.

namespace keraunos {
namespace {

/// A node of a run, and which of its inputs the running value is.
struct Link {
  NodeId node;
  std::size_t input;
};

/// True where an operand can be broadcast to `data` whatever the batch: between two symbols that
/// may differ, the data would grow where its own size is 1.
bool fits_always(const Shape& operand, const Shape& data) {
  if (operand.size() > data.size()) return false;
  return std::equal(operand.rbegin(), operand.rend(), data.rbegin(),
                    [](const Dim& a, const Dim& b) { return a == Dim(1) || a == b; });
}

/// True where the op can be a step whose data is its input `i`.
bool can_be_step(const Op& op, std::size_t i) {
  if (const auto* unary = std::get_if<Unary>(&op)) return !gives_bool(unary->fn);
  if (const auto* binary = std::get_if<Binary>(&op)) return is_arithmetic(binary->fn);
  if (std::holds_alternative<Affine>(op)) return i == 0;
  return std::holds_alternative<Cast>(op);
}

bool is_link(const Graph& graph, const Node& node, std::size_t i) {
  if (!can_be_step(node.op, i)) return false;
  const TensorType& data = graph.type(node.inputs[i]);
  const TensorType& result = graph.type(node.outputs[0]);
  const bool reads = std::holds_alternative<Cast>(node.op) ? Chain::reads_data(data.dtype)
                                                           : Chain::reads_operand(data.dtype);
  if (!reads || !Chain::reads_operand(result.dtype)) return false;
  if (data.shape != result.shape || data.shape.size() > Chain::max_rank) return false;
  if (!std::holds_alternative<Binary>(node.op)) return true;
  const TensorType& operand = graph.type(node.inputs[1 - i]);
  return Chain::reads_operand(operand.dtype) && fits_always(operand.shape, data.shape);
}

/// Where a run may begin with the node: at a value that the planner may write over, if it can.
std::optional<Link> first_link(const Graph& graph, NodeId id) {
  const Node& node = graph.nodes()[id];
  std::optional<Link> found;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (!is_link(graph, node, i)) continue;
    const bool may_be_overwritten =
        graph.has_single_use(node.inputs[i]) && !graph.value(node.inputs[i]).constant;
    if (!found || may_be_overwritten) found = Link{id, i};
    if (may_be_overwritten) break;
  }
  return found;
}

/// The node that goes on with the result of `link`, if it is the only one that reads it.
std::optional<Link> next_link(const Graph& graph, const Link& link) {
  const ValueId value = graph.nodes()[link.node].outputs[0];
  if (!graph.has_single_use(value)) return std::nullopt;
  const NodeId id = graph.consumers(value).front();
  const std::vector<ValueId>& inputs = graph.nodes()[id].inputs;
  if (std::count(inputs.begin(), inputs.end(), value) != 1) return std::nullopt;
  const auto i =
      static_cast<std::size_t>(std::find(inputs.begin(), inputs.end(), value) - inputs.begin());
  return is_link(graph, graph.nodes()[id], i) ? std::optional(Link{id, i}) : std::nullopt;
}

/// What the node does to the running value. Nothing, where it only widens it.
std::optional<Chain::Step> step_of(const Op& op, std::size_t input) {
  if (const auto* unary = std::get_if<Unary>(&op)) return *unary;
  if (const auto* affine = std::get_if<Affine>(&op)) return *affine;
  if (const auto* binary = std::get_if<Binary>(&op)) return Chain::Combine{binary->fn, input == 1};
  const auto& cast = std::get<Cast>(op);
  return cast.dtype == DType::float32 ? std::nullopt : std::optional<Chain::Step>(cast);
}

std::vector<Link> run_from(const Graph& graph, NodeId id) {
  std::vector<Link> run;
  std::size_t steps = 0;
  for (auto link = first_link(graph, id); link; link = next_link(graph, run.back())) {
    steps += step_of(graph.nodes()[link->node].op, link->input) ? 1 : 0;
    if (steps > Chain::max_steps) break;
    run.push_back(*link);
  }
  return run;
}

void fuse(Graph& graph, const std::vector<Link>& run) {
  const NodeId last = run.back().node;
  Chain chain;
  chain.dtype = graph.type(graph.nodes()[last].outputs[0]).dtype;
  std::vector<ValueId> inputs = {graph.nodes()[run[0].node].inputs[run[0].input]};
  for (const Link& link : run) {
    const Node& node = graph.nodes()[link.node];
    if (auto step = step_of(node.op, link.input)) chain.steps.push_back(std::move(*step));
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (i != link.input) inputs.push_back(node.inputs[i]);
    }
  }
  // The last rounding is done by storing the result.
  if (std::holds_alternative<Cast>(graph.nodes()[last].op) && chain.dtype != DType::float32) {
    chain.steps.pop_back();
  }
  for (const Link& link : run) {
    if (link.node != last) graph.remove(link.node);
  }
  graph.set_inputs(last, std::move(inputs));
  graph.node(last).op = std::move(chain);
}

}  // namespace

void fuse_chains(Graph& graph) {
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    if (graph.nodes()[id].outputs.empty()) continue;  // in a chain already
    const std::vector<Link> run = run_from(graph, id);
    if (run.size() > 1) fuse(graph, run);
  }
  graph.compact();
  graph.verify();
}

}  // namespace keraunos
