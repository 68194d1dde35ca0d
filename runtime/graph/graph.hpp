#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/ops/constant.hpp"
#include "runtime/ops/op.hpp"
#include "runtime/shape/demands.hpp"

namespace keraunos {

using ValueId = std::size_t;
using NodeId = std::size_t;

/// A tensor: a model input, a weight, or what a node makes.
struct Value {
  TensorType type;
  std::shared_ptr<const Constant> constant;  // set for weights only
};

/// One operation. Its layer is the name that people know it by.
struct Node {
  Op op;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::string layer;
};

/// A model as operations on values. Nodes are in an order in which they can run. Values are only
/// ever added; a value that nothing uses any more costs nothing.
class Graph {
 public:
  ValueId add_input(std::string name, TensorType type);
  /// A value that one run hands on to the next, zeros at first: an input behind all others, and
  /// (set by `write_state`) an output behind all others.
  ValueId add_state(std::string name, TensorType type);
  void write_state(ValueId state, ValueId written);
  ValueId add_constant(std::shared_ptr<const Constant> constant);
  /// A value that nothing makes: graphs that have one serve for their shapes alone.
  ValueId add_unmade(TensorType type) { return add_value({std::move(type), nullptr}); }

  /// Appends a node and infers its outputs. Shape errors and demands name `layer`.
  std::vector<ValueId> add_node(Op op, std::vector<ValueId> inputs, const std::string& layer);
  /// The same for an op with one output.
  ValueId add(Op op, std::vector<ValueId> inputs, const std::string& layer) {
    return add_node(std::move(op), std::move(inputs), layer).front();
  }

  /// Appends a node that writes its one result to `output`, an existing value, whose type is
  /// inferred anew.
  /// For passes: call `compact` when the rewriting is done.
  void add_writing(Op op, std::vector<ValueId> inputs, const std::string& layer, ValueId output);

  /// Call it last: what the states become is added to the outputs.
  void set_outputs(std::vector<ValueId> outputs);

  const Value& value(ValueId id) const { return values_[id]; }
  const TensorType& type(ValueId id) const { return values_[id].type; }
  const Shape& shape(ValueId id) const { return values_[id].type.shape; }
  std::size_t value_count() const { return values_.size(); }

  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<ValueId>& inputs() const { return inputs_; }
  const std::vector<std::string>& input_names() const { return input_names_; }
  const std::vector<ValueId>& outputs() const { return outputs_; }
  /// How many of the last inputs and outputs are states.
  std::size_t state_count() const { return written_states_.size(); }
  /// The others.
  std::span<const ValueId> own_inputs() const {
    return std::span(inputs_).first(inputs_.size() - state_count());
  }
  const std::vector<Demand>& demands() const { return demands_; }

  /// The node that makes `value`; nothing for inputs and weights.
  std::optional<NodeId> producer(ValueId value) const { return producers_[value]; }
  /// Nodes that read `value`, in order, each once.
  const std::vector<NodeId>& consumers(ValueId value) const { return consumers_[value]; }
  bool is_output(ValueId value) const;
  /// True where exactly one node reads `value` and the model does not give it out.
  bool has_single_use(ValueId value) const;

  // For passes -------------------------------------------------------------------------------

  Node& node(NodeId id) { return nodes_[id]; }
  /// Makes input `i` of a node another value.
  void set_input(NodeId id, std::size_t i, ValueId value);
  void set_inputs(NodeId id, std::vector<ValueId> values);
  /// Makes everything that read `old_value` read `new_value`.
  void replace_uses(ValueId old_value, ValueId new_value);
  /// Makes the model give out `value` as its output `i`.
  void set_output(std::size_t i, ValueId value);
  void set_dtype(ValueId value, DType dtype) { values_[value].type.dtype = dtype; }
  /// Takes the node out of the order; call `compact` when the rewriting is done.
  void remove(NodeId id);
  /// Drops removed nodes and nodes whose results nothing needs, and sorts the rest so that each
  /// comes after what it reads, keeping the given order where that is possible.
  void compact();

  /// Throws Error(internal) where the graph breaks its own rules.
  void verify() const;
  std::string to_text() const;

 private:
  std::vector<TensorType> infer_types(const Op& op, const std::vector<ValueId>& inputs,
                                      const std::string& layer);
  ValueId add_value(Value value);
  void count_outputs();
  void append(Node node);

  std::deque<Value> values_;  // what `shape` and `type` refer to stays where it is
  // Kept up to date by every change, so that passes take time in proportion to the graph.
  std::vector<std::optional<NodeId>> producers_;  // per value
  std::vector<std::vector<NodeId>> consumers_;    // per value, ascending, each once
  std::vector<Node> nodes_;
  std::vector<ValueId> inputs_;
  std::vector<std::string> input_names_;
  std::vector<ValueId> outputs_;
  std::vector<ValueId> written_states_;
  std::vector<Demand> demands_;
  std::vector<std::size_t> given_out_;  // per value: how many outputs it is
};

}  // namespace keraunos
