#include <algorithm>

#include "runtime/passes/passes.hpp"

// A clamp whose result only a depthwise convolution reads, like the relu6 between the first two
// convolutions of a MobileNet's block, moves into the reading. As a step of its own it would read
// and write the largest tensor of the block once more.
//
// The reader clamps a cell once for each cell of its window. That is worth two instructions, not
// the exponential of a silu nor the comparisons and products of a leaky relu. Clamps that are no
// step of their own stay: cuDNN adds the bias and applies plain relu as it writes, and our own
// depthwise kernels apply any activation.

namespace keraunos {
namespace {

std::optional<Clamp> as_clamp(const Unary& unary) {
  if (unary.fn == UnaryFn::hard_tanh) return Clamp{-1, 1};
  const bool is_clamp = unary.fn == UnaryFn::relu && unary.alpha == 0 && unary.gamma == 0;
  return is_clamp ? std::optional(Clamp{0, unary.beta}) : std::nullopt;
}

bool has_group_per_channel(const Graph& graph, const Node& node, const Conv& conv) {
  return graph.shape(node.inputs[1])[conv.windows.size()] == Dim(1);
}

/// The depthwise convolution that alone reads `value`, and reads it as data only.
Conv* depthwise_reader(Graph& graph, ValueId value) {
  if (!graph.has_single_use(value)) return nullptr;
  Node& reader = graph.node(graph.consumers(value).front());
  auto* const conv = std::get_if<Conv>(&reader.op);
  if (conv == nullptr || !conv->input_clamp.is_identity() || reader.inputs[0] != value ||
      std::count(reader.inputs.begin(), reader.inputs.end(), value) != 1) {
    return nullptr;
  }
  const bool one_output_channel_each = graph.shape(reader.outputs[0]).back() == Dim(conv->groups);
  return has_group_per_channel(graph, reader, *conv) && one_output_channel_each ? conv : nullptr;
}

/// What `node` applies to its result in a step of its own; null where it applies nothing.
Unary* separate_activation(const Graph& graph, Node& node) {
  if (auto* const unary = std::get_if<Unary>(&node.op)) return unary;
  auto* const conv = std::get_if<Conv>(&node.op);
  if (conv == nullptr || has_group_per_channel(graph, node, *conv)) return nullptr;
  const bool has_bias = node.inputs.size() > 2;
  return has_bias && conv->activation.is_plain_relu() ? nullptr : &conv->activation;
}

}  // namespace

void clamp_inputs(Graph& graph) {
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    Node& node = graph.node(id);
    Unary* const activation = separate_activation(graph, node);
    const auto clamp = activation != nullptr ? as_clamp(*activation) : std::nullopt;
    if (!clamp) continue;
    const ValueId value = node.outputs[0];
    Conv* const reader = depthwise_reader(graph, value);
    if (reader == nullptr) continue;
    reader->input_clamp = *clamp;
    if (std::holds_alternative<Unary>(node.op)) {
      graph.replace_uses(value, node.inputs[0]);
      graph.remove(id);
    } else {
      *activation = {};
    }
  }
  graph.compact();
}

}  // namespace keraunos
