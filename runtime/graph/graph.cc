#include "runtime/graph/graph.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <queue>
#include <utility>

#include "runtime/base/fail.hpp"

namespace keraunos {
namespace {

void insert_sorted(std::vector<NodeId>& ids, NodeId id) {
  const auto place = std::lower_bound(ids.begin(), ids.end(), id);
  if (place == ids.end() || *place != id) ids.insert(place, id);
}

void erase_sorted(std::vector<NodeId>& ids, NodeId id) {
  const auto place = std::lower_bound(ids.begin(), ids.end(), id);
  if (place != ids.end() && *place == id) ids.erase(place);
}

}  // namespace

ValueId Graph::add_input(std::string name, TensorType type) {
  inputs_.push_back(add_value({std::move(type), nullptr}));
  input_names_.push_back(std::move(name));
  return inputs_.back();
}

ValueId Graph::add_state(std::string name, TensorType type) {
  const ValueId state = add_input(std::move(name), std::move(type));
  written_states_.push_back(state);
  return state;
}

void Graph::write_state(ValueId state, ValueId written) {
  const std::size_t first = inputs_.size() - written_states_.size();
  const auto found =
      std::find(inputs_.begin() + static_cast<std::ptrdiff_t>(first), inputs_.end(), state);
  if (found == inputs_.end()) fail(ErrorCode::internal, "value {} is no state", state);
  const auto index = static_cast<std::size_t>(found - inputs_.begin()) - first;
  written_states_[index] = written;
}

void Graph::set_outputs(std::vector<ValueId> outputs) {
  outputs_ = std::move(outputs);
  outputs_.insert(outputs_.end(), written_states_.begin(), written_states_.end());
  count_outputs();
}

void Graph::count_outputs() {
  given_out_.assign(values_.size(), 0);
  for (const ValueId output : outputs_) ++given_out_[output];
}

void Graph::set_output(std::size_t i, ValueId value) {
  --given_out_[outputs_[i]];
  outputs_[i] = value;
  ++given_out_[value];
}

ValueId Graph::add_constant(std::shared_ptr<const Constant> constant) {
  TensorType type = {constant->desc.dtype, make_shape(constant->desc.dims)};
  return add_value({std::move(type), std::move(constant)});
}

ValueId Graph::add_value(Value value) {
  values_.push_back(std::move(value));
  producers_.emplace_back();
  consumers_.emplace_back();
  given_out_.push_back(0);
  return values_.size() - 1;
}

std::vector<TensorType> Graph::infer_types(const Op& op, const std::vector<ValueId>& inputs,
                                           const std::string& layer) {
  std::vector<TensorType> types;
  for (const ValueId input : inputs) types.push_back(type(input));
  Demands demands;
  std::vector<TensorType> outputs = infer(op, types, demands);
  for (Demand demand : demands.open()) {
    demand.layer = layer;
    demands_.push_back(std::move(demand));
  }
  return outputs;
}

void Graph::append(Node node) {
  const NodeId id = nodes_.size();
  for (const ValueId input : node.inputs) insert_sorted(consumers_[input], id);
  for (const ValueId output : node.outputs) producers_[output] = id;
  nodes_.push_back(std::move(node));
}

std::vector<ValueId> Graph::add_node(Op op, std::vector<ValueId> inputs, const std::string& layer) {
  std::vector<ValueId> outputs;
  for (TensorType& type : infer_types(op, inputs, layer)) {
    outputs.push_back(add_value({std::move(type), nullptr}));
  }
  append({std::move(op), std::move(inputs), outputs, layer});
  return outputs;
}

void Graph::add_writing(Op op, std::vector<ValueId> inputs, const std::string& layer,
                        ValueId output) {
  values_[output].type = infer_types(op, inputs, layer).front();
  append({std::move(op), std::move(inputs), {output}, layer});
}

bool Graph::is_output(ValueId value) const { return given_out_[value] > 0; }

bool Graph::has_single_use(ValueId value) const {
  return consumers(value).size() == 1 && !is_output(value);
}

void Graph::set_input(NodeId id, std::size_t i, ValueId value) {
  std::vector<ValueId> inputs = nodes_[id].inputs;
  inputs[i] = value;
  set_inputs(id, std::move(inputs));
}

void Graph::set_inputs(NodeId id, std::vector<ValueId> values) {
  for (const ValueId input : nodes_[id].inputs) erase_sorted(consumers_[input], id);
  nodes_[id].inputs = std::move(values);
  for (const ValueId input : nodes_[id].inputs) insert_sorted(consumers_[input], id);
}

void Graph::replace_uses(ValueId old_value, ValueId new_value) {
  for (const NodeId reader : consumers_[old_value]) {
    auto& inputs = nodes_[reader].inputs;
    std::replace(inputs.begin(), inputs.end(), old_value, new_value);
    insert_sorted(consumers_[new_value], reader);
  }
  if (old_value != new_value) consumers_[old_value].clear();
  if (old_value == new_value || !is_output(old_value)) return;
  std::replace(outputs_.begin(), outputs_.end(), old_value, new_value);
  given_out_[new_value] += std::exchange(given_out_[old_value], 0);
}

void Graph::remove(NodeId id) {
  set_inputs(id, {});
  for (const ValueId output : nodes_[id].outputs) {
    if (producers_[output] == id) producers_[output].reset();
  }
  nodes_[id].outputs.clear();
}

void Graph::compact() {
  std::vector<bool> needed(nodes_.size(), false);
  std::vector<ValueId> wanted = outputs_;
  while (!wanted.empty()) {
    const auto id = producers_[wanted.back()];
    wanted.pop_back();
    if (!id || needed[*id]) continue;
    needed[*id] = true;
    wanted.insert(wanted.end(), nodes_[*id].inputs.begin(), nodes_[*id].inputs.end());
  }

  // Kahn's algorithm; the lowest waiting node goes first, which keeps the given order.
  std::vector<std::size_t> missing(nodes_.size(), 0);
  std::vector<std::vector<NodeId>> readers(nodes_.size());
  std::priority_queue<NodeId, std::vector<NodeId>, std::greater<>> ready;
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    if (!needed[id]) continue;
    for (const ValueId input : nodes_[id].inputs) {
      if (!producers_[input]) continue;
      readers[*producers_[input]].push_back(id);
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
  nodes_.clear();
  producers_.assign(values_.size(), std::nullopt);
  consumers_.assign(values_.size(), {});
  for (Node& node : sorted) append(std::move(node));
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
    text += fmt::format("%{} = {}[{}](%{}) {}  # {}\n", fmt::join(node.outputs, ", %"),
                        name_of(node.op), describe(node.op), fmt::join(node.inputs, ", %"),
                        to_string(shape(node.outputs[0])), node.layer);
  }
  return text + fmt::format("return %{}\n", fmt::join(outputs_, ", %"));
}

}  // namespace keraunos
