#include "runtime/explain/cost.hpp"

#include "runtime/base/checked.hpp"

namespace keraunos {
namespace {

// Counts one node; the shapes of its inputs and of its first output are numbers.
struct Counter {
  const std::vector<Dims>& inputs;
  const Dims& output;

  // Every output cell is a sum over the kernel's cells of one output channel.
  std::int64_t operator()(const Conv&) const {
    return checked_multiply(element_count(output), element_count(inputs[1]) / inputs[1].back());
  }
  // Every input cell is spread over the kernel's cells of one input channel.
  std::int64_t operator()(const ConvTranspose&) const {
    return checked_multiply(element_count(inputs[0]), element_count(inputs[1]) / inputs[1].back());
  }
  std::int64_t operator()(const MatMul&) const {
    return checked_multiply(element_count(output), inputs[1][0]);
  }
  std::int64_t operator()(const BatchMatMul&) const {
    return checked_multiply(element_count(output), inputs[0].back());
  }
  // The state times the recurrent kernel, at every step.
  std::int64_t operator()(const Recurrent&) const {
    return checked_multiply(element_count(inputs[0]), element_count(inputs[1]) / inputs[1].back());
  }
  template <typename Other>
  std::int64_t operator()(const Other&) const {
    return 0;
  }
};

bool counts(const Op& op) {
  return std::holds_alternative<Conv>(op) || std::holds_alternative<ConvTranspose>(op) ||
         std::holds_alternative<MatMul>(op) || std::holds_alternative<BatchMatMul>(op) ||
         std::holds_alternative<Recurrent>(op);
}

std::optional<std::int64_t> multiply_adds(const Graph& graph, const Node& node,
                                          const Sizes& sizes) {
  if (!counts(node.op)) return 0;
  std::vector<Dims> inputs;
  for (const ValueId input : node.inputs) {
    const auto dims = sizes.dims(graph.shape(input));
    if (!dims) return std::nullopt;
    inputs.push_back(*dims);
  }
  const auto output = sizes.dims(graph.shape(node.outputs[0]));
  if (!output || inputs[1].back() < 1) return std::nullopt;
  return std::visit(Counter{inputs, *output}, node.op);
}

}  // namespace

std::optional<Cost> cost_of(const Subject& subject, const keras::LayerRecord& layer,
                            const Sizes& sizes) {
  Cost cost;
  try {
    for (const ValueId output : layer.outputs) {
      if (output == keras::unknown_value) return std::nullopt;
      const TensorType& type = subject.graph.type(output);
      const auto dims = sizes.dims(type.shape);
      if (!dims) return std::nullopt;
      const auto width = static_cast<std::int64_t>(size_of(type.dtype));
      cost.bytes = checked_add(cost.bytes, checked_multiply(element_count(*dims), width));
    }
    for (NodeId id = layer.first_node; id < layer.end_node; ++id) {
      const auto work = multiply_adds(subject.graph, subject.graph.nodes()[id], sizes);
      if (!work) return std::nullopt;
      cost.multiply_adds = checked_add(cost.multiply_adds, *work);
    }
  } catch (const Error&) {
    return std::nullopt;
  }
  return cost;
}

}  // namespace keraunos
