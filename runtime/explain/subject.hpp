#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keraunos/model.hpp"
#include "runtime/keras/import.hpp"

namespace keraunos {

/// What is explained: the records of the layers and the graph before passes that they speak of.
struct Subject {
  const std::string& name;
  const Graph& graph;
  const std::vector<keras::LayerRecord>& layers;
  const std::vector<TensorInfo>& inputs;
  const std::vector<TensorInfo>& outputs;
  const LoadLimits& limits;
};

/// Sizes as far as they are known: numbers where a batch says them, formulas elsewhere.
class Sizes {
 public:
  Sizes() = default;
  explicit Sizes(Binding binding) : binding_(std::move(binding)) {}

  bool bound() const { return !binding_.empty(); }
  const Binding& binding() const { return binding_; }

  /// The number, where there is one.
  std::optional<std::int64_t> number(const Dim& dim) const;
  /// "28", "height-2", and "None" for the batch.
  std::string text(const Dim& dim) const;
  /// "(None, height-2, 26, 32)".
  std::string text(const Shape& shape) const;
  /// The numbers, where all are known.
  std::optional<Dims> dims(const Shape& shape) const;

 private:
  Binding binding_;
};

/// The text of a value's shape; "unknown" for unknown_value.
std::string shape_text(const Subject& subject, const Sizes& sizes, ValueId value);

/// Calls visit(record, depth) for every layer, nested ones behind the model that holds them.
template <typename Visit>
void for_each_layer(const std::vector<keras::LayerRecord>& layers, Visit&& visit,
                    std::size_t depth = 0) {
  for (const keras::LayerRecord& layer : layers) {
    visit(layer, depth);
    for_each_layer(layer.layers, visit, depth + 1);
  }
}

/// The shape of the first input or output; null where nothing is known.
const Shape* first_input(const Subject& subject, const keras::LayerRecord& layer);
const Shape* first_output(const Subject& subject, const keras::LayerRecord& layer);

/// The node that says what a layer is about, by the kind of op: the convolution of a convolution
/// layer, the product of a Dense. Null where the layer emitted none.
const Node* main_node(const Graph& graph, const keras::LayerRecord& layer);
/// The first node of a layer with an op of this kind.
template <typename SomeOp>
const Node* node_with(const Graph& graph, const keras::LayerRecord& layer) {
  for (NodeId id = layer.first_node; id < layer.end_node; ++id) {
    if (std::holds_alternative<SomeOp>(graph.nodes()[id].op)) return &graph.nodes()[id];
  }
  return nullptr;
}

/// True where the layer keeps the batch and makes one axis of all others.
bool flattens(const Subject& subject, const keras::LayerRecord& layer);

/// "13·13·32".
std::string product_text(const Sizes& sizes, const Shape& shape, std::size_t first_axis);

}  // namespace keraunos
