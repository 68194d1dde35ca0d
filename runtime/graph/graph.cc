#include "runtime/graph/graph.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <queue>

#include "runtime/base/fail.hpp"

namespace keraunos {

ValueId Graph::add_input(std::string name, TensorType type) {
  values_.push_back({std::move(type), nullptr});
  inputs_.push_back(values_.size() - 1);
  input_names_.push_back(std::move(name));
  return inputs_.back();
}

ValueId Graph::add_constant(std::shared_ptr<const Constant> constant) {
  TensorType type = {constant->desc.dtype, make_shape(constant->desc.dims)};
  values_.push_back({std::move(type), std::move(constant)});
  return values_.size() - 1;
}

TensorType Graph::infer_one(const Op& op, const std::vector<ValueId>& inputs,
                            const std::string& layer) {
  std::vector<TensorType> types;
  for (const ValueId input : inputs) types.push_back(type(input));
  Demands demands;
  std::vector<TensorType> outputs = infer(op, types, demands);
  for (Demand demand : demands.open()) {
    demand.layer = layer;
    demands_.push_back(std::move(demand));
  }
  return std::move(outputs.front());
}

ValueId Graph::add(Op op, std::vector<ValueId> inputs, const std::string& layer) {
  values_.push_back({infer_one(op, inputs, layer), nullptr});
  nodes_.push_back({std::move(op), std::move(inputs), {values_.size() - 1}, layer});
  return values_.size() - 1;
}

void Graph::add_writing(Op op, std::vector<ValueId> inputs, const std::string& layer,
                        ValueId output) {
  values_[output].type = infer_one(op, inputs, layer);
  nodes_.push_back({std::move(op), std::move(inputs), {output}, layer});
}

std::optional<NodeId> Graph::producer(ValueId value) const {
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    const auto& outputs = nodes_[id].outputs;
    if (std::find(outputs.begin(), outputs.end(), value) != outputs.end()) return id;
  }
  return std::nullopt;
}

std::vector<NodeId> Graph::consumers(ValueId value) const {
  std::vector<NodeId> readers;
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    const auto& inputs = nodes_[id].inputs;
    const bool removed = nodes_[id].outputs.empty();
    if (!removed && std::find(inputs.begin(), inputs.end(), value) != inputs.end()) {
      readers.push_back(id);
    }
  }
  return readers;
}

bool Graph::is_output(ValueId value) const {
  return std::find(outputs_.begin(), outputs_.end(), value) != outputs_.end();
}

bool Graph::has_single_use(ValueId value) const {
  return !is_output(value) && consumers(value).size() == 1;
}

void Graph::replace_uses(ValueId old_value, ValueId new_value) {
  for (Node& node : nodes_)
    std::replace(node.inputs.begin(), node.inputs.end(), old_value, new_value);
  std::replace(outputs_.begin(), outputs_.end(), old_value, new_value);
}

void Graph::compact() {
  constexpr NodeId none = ~NodeId{0};
  std::vector<NodeId> made_by(values_.size(), none);
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    for (const ValueId output : nodes_[id].outputs) made_by[output] = id;
  }

  std::vector<bool> needed(nodes_.size(), false);
  std::vector<ValueId> wanted = outputs_;
  while (!wanted.empty()) {
    const NodeId id = made_by[wanted.back()];
    wanted.pop_back();
    if (id == none || needed[id]) continue;
    needed[id] = true;
    wanted.insert(wanted.end(), nodes_[id].inputs.begin(), nodes_[id].inputs.end());
  }

  // Kahn's algorithm; the lowest waiting node goes first, which keeps the given order.
  std::vector<std::size_t> missing(nodes_.size(), 0);
  std::vector<std::vector<NodeId>> readers(nodes_.size());
  std::priority_queue<NodeId, std::vector<NodeId>, std::greater<>> ready;
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    if (!needed[id]) continue;
    for (const ValueId input : nodes_[id].inputs) {
      if (made_by[input] == none) continue;
      readers[made_by[input]].push_back(id);
      ++missing[id];
    }
    if (missing[id] == 0) ready.push(id);
  }
  std::vector<Node> sorted;
  while (!ready.empty()) {
    const NodeId id = ready.top();
    ready.pop();
    for (const NodeId reader : readers[id]) {
      if (--missing[reader] == 0) ready.push(reader);
    }
    sorted.push_back(std::move(nodes_[id]));
  }
  nodes_ = std::move(sorted);
}

void Graph::verify() const {
  std::vector<bool> available(values_.size(), false);
  for (const ValueId input : inputs_) available[input] = true;
  for (ValueId id = 0; id < values_.size(); ++id) {
    if (values_[id].constant) available[id] = true;
  }
  for (const Node& node : nodes_) {
    for (const ValueId input : node.inputs) {
      if (input >= values_.size() || !available[input]) {
        fail(ErrorCode::internal, "{} in {} reads value {} before it is made", name_of(node.op),
             node.layer, input);
      }
    }
    for (const ValueId output : node.outputs) {
      if (output >= values_.size() || available[output]) {
        fail(ErrorCode::internal, "{} in {} makes value {} a second time", name_of(node.op),
             node.layer, output);
      }
      available[output] = true;
    }
  }
  for (const ValueId output : outputs_) {
    if (!available[output]) fail(ErrorCode::internal, "nothing makes output value {}", output);
  }
}

std::string Graph::to_text() const {
  std::string text;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    text += fmt::format("%{} = Input '{}' {} {}\n", inputs_[i], input_names_[i],
                        to_string(type(inputs_[i]).dtype), to_string(shape(inputs_[i])));
  }
  for (const Node& node : nodes_) {
    text += fmt::format("%{} = {}[{}](%{}) {}  # {}\n", node.outputs.at(0), name_of(node.op),
                        describe(node.op), fmt::join(node.inputs, ", %"),
                        to_string(shape(node.outputs[0])), node.layer);
  }
  return text + fmt::format("return %{}\n", fmt::join(outputs_, ", %"));
}

}  // namespace keraunos
