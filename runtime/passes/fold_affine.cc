#include <optional>

#include "runtime/passes/passes.hpp"

// Conv or MatMul -> Affine over the output channels becomes one op with other weights:
//   (x*W + b) * s + t = x*(W*s) + (b*s + t)

namespace keraunos {
namespace {

bool is_linear(const Op& op) {
  if (const auto* conv = std::get_if<Conv>(&op)) return conv->activation.is_identity();
  if (const auto* matmul = std::get_if<MatMul>(&op)) return matmul->activation.is_identity();
  return false;
}

std::span<const float> values_of(const ConstantElements& elements, const Constant& constant) {
  return {static_cast<const float*>(elements.data()),
          static_cast<std::size_t>(constant.desc.size())};
}

std::shared_ptr<const Constant> scaled(const Constant& kernel, std::span<const float> scale) {
  Constant result = kernel;
  if (result.last_axis_scale.empty()) result.last_axis_scale.assign(scale.size(), 1.0F);
  for (std::size_t i = 0; i < scale.size(); ++i) result.last_axis_scale[i] *= scale[i];
  return std::make_shared<const Constant>(std::move(result));
}

std::shared_ptr<const Constant> folded_bias(const Constant* bias, std::span<const float> scale,
                                            const Constant& shift) {
  const ConstantElements shift_elements(shift);
  const auto shift_values = values_of(shift_elements, shift);
  std::vector<float> values(shift_values.begin(), shift_values.end());
  if (bias != nullptr) {
    const ConstantElements bias_elements(*bias);
    const auto bias_values = values_of(bias_elements, *bias);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(static_cast<double>(bias_values[i]) * scale[i] + values[i]);
    }
  }
  return make_constant(shift.name, shift.desc.dims, values);
}

// The node whose result `affine` scales per channel, where folding is possible.
std::optional<NodeId> foldable_producer(const Graph& graph, const Node& node) {
  const auto* affine = std::get_if<Affine>(&node.op);
  if (affine == nullptr || affine->axis + 1 != graph.shape(node.inputs[0]).size()) return {};
  const auto behind = graph.producer(node.inputs[0]);
  if (!behind || !graph.has_single_use(node.inputs[0])) return {};
  const Node& producer = graph.nodes()[*behind];
  const bool constant_kernel =
      is_linear(producer.op) && graph.value(producer.inputs[1]).constant != nullptr;
  return constant_kernel ? behind : std::nullopt;
}

}  // namespace

void fold_affine(Graph& graph) {
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    const Node affine = graph.nodes()[id];
    const auto producer = foldable_producer(graph, affine);
    if (!producer) continue;
    Node& node = graph.node(*producer);
    const Constant& scale = *graph.value(affine.inputs[1]).constant;
    const Constant& shift = *graph.value(affine.inputs[2]).constant;
    const Constant* bias =
        node.inputs.size() > 2 ? graph.value(node.inputs[2]).constant.get() : nullptr;
    const ConstantElements scale_elements(scale);
    const auto scales = values_of(scale_elements, scale);

    const ValueId new_bias = graph.add_constant(folded_bias(bias, scales, shift));
    const ValueId new_kernel =
        graph.add_constant(scaled(*graph.value(node.inputs[1]).constant, scales));
    graph.set_inputs(*producer, {node.inputs[0], new_kernel, new_bias});
    graph.replace_uses(affine.outputs[0], node.outputs[0]);
    graph.remove(id);
  }
  graph.compact();
}

}  // namespace keraunos
