#include "runtime/exec/remedies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "keraunos/error.hpp"

namespace keraunos {
namespace {

constexpr std::size_t most_remedies = 3;
constexpr std::size_t most_trials = 32;

// The windows of an op that may be const; null where it has none.
template <typename SomeOp>
auto windows_of(SomeOp& op) -> decltype(&std::get<Conv>(op).windows) {
  if (auto* conv = std::get_if<Conv>(&op)) return &conv->windows;
  if (auto* pool = std::get_if<Pool>(&op)) return &pool->windows;
  return nullptr;
}

// "layer 'conv2d' (Conv2D)" -> "'conv2d'".
std::string quoted_name(const std::string& layer) {
  const auto first = layer.find('\'');
  const auto last = layer.rfind('\'');
  return first < last ? layer.substr(first, last - first + 1) : layer;
}

struct Trial {
  Op op;
  std::string change;
};

// The same op with another padding, and with strides of one or two.
std::vector<Trial> variations(const Op& op) {
  std::vector<Trial> trials;
  const auto vary = [&](const std::string& change, auto&& edit) {
    Trial trial = {op, change};
    std::vector<Window>& windows = *windows_of(trial.op);
    for (Window& window : windows) edit(window);
    if (windows != *windows_of(op)) trials.push_back(std::move(trial));
  };
  const Window& window = windows_of(op)->front();
  if (window.padding == Padding::same) {
    vary("padding='valid'", [](Window& it) { it.padding = Padding::explicit_; });
  } else if (window.padding == Padding::explicit_ && window.pad_before + window.pad_after == 0) {
    vary("padding='same'", [](Window& it) { it.padding = Padding::same; });
  }
  for (const std::int64_t stride : {1, 2}) {
    vary(fmt::format("strides={}", stride), [&](Window& it) { it.stride = stride; });
  }
  return trials;
}

// Shapes inferred anew behind one changed node, for one size of the batch.
class Inference {
 public:
  Inference(const Graph& graph, const Binding& binding, const std::map<ValueId, Dims>& replaced)
      : graph_(graph), binding_(binding), replaced_(replaced) {}

  // True where `layer` accepts what reaches it once node `changed` is `op`.
  bool accepts(NodeId changed, const Op& op, const std::string& layer) const {
    std::map<ValueId, TensorType> types;
    bool reached = false;
    for (NodeId id = changed; id < graph_.nodes().size(); ++id) {
      const Node& node = graph_.nodes()[id];
      const bool affected =
          id == changed || std::any_of(node.inputs.begin(), node.inputs.end(),
                                       [&](ValueId input) { return types.contains(input); });
      if (!affected) continue;
      infer_node(node, id == changed ? op : node.op, types);
      if (node.layer == layer) reached = true;
      if (reached && node.layer != layer) return true;
    }
    return reached;
  }

 private:
  TensorType type_of(ValueId value, const std::map<ValueId, TensorType>& types) const {
    const auto found = types.find(value);
    if (found != types.end()) return found->second;
    const auto weight = replaced_.find(value);
    const TensorType& type = graph_.type(value);
    return {type.dtype, make_shape(weight != replaced_.end() ? weight->second
                                                             : evaluate(type.shape, binding_))};
  }

  void infer_node(const Node& node, const Op& op, std::map<ValueId, TensorType>& types) const {
    std::vector<TensorType> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(type_of(input, types));
    Op bound = bind(op, binding_);
    if (auto* view = std::get_if<View>(&bound)) *view = adapt(*view, node, inputs[0].shape);
    Demands demands;
    const std::vector<TensorType> outputs = infer(bound, inputs, demands);
    for (std::size_t i = 0; i < outputs.size(); ++i) types[node.outputs[i]] = outputs[i];
  }

  // A view that flattens takes whatever comes; any other keeps its shape.
  View adapt(const View& view, const Node& node, const Shape& input) const {
    const Shape& declared = graph_.shape(node.inputs[0]);
    if (declared.empty() || input.empty()) return {make_shape(evaluate(view.shape, binding_))};
    const Shape rest(declared.begin() + 1, declared.end());
    if (view.shape.size() == 2 && view.shape[1] == element_count(rest)) {
      return {{input[0], element_count(Shape(input.begin() + 1, input.end()))}};
    }
    return {make_shape(evaluate(view.shape, binding_))};
  }

  const Graph& graph_;
  const Binding& binding_;
  const std::map<ValueId, Dims>& replaced_;
};

}  // namespace

std::vector<std::string> find_remedies(const Graph& graph, const std::string& layer,
                                       const Binding& binding,
                                       const std::map<ValueId, Dims>& replaced) {
  const Inference inference(graph, binding, replaced);
  std::vector<std::string> found;
  std::size_t trials = 0;
  NodeId end = 0;
  while (end < graph.nodes().size() && graph.nodes()[end].layer != layer) ++end;
  for (NodeId id = end; id-- > 0 && found.size() < most_remedies;) {
    const Op& op = graph.nodes()[id].op;
    const auto* const windows = windows_of(op);
    if (windows == nullptr || windows->empty()) continue;
    for (const Trial& trial : variations(op)) {
      if (++trials > most_trials) return found;
      try {
        if (!inference.accepts(id, trial.op, layer)) continue;
      } catch (const Error&) {
        continue;  // what this change leads to does not fit either
      }
      found.push_back(fmt::format("with {} in {} it would fit", trial.change,
                                  quoted_name(graph.nodes()[id].layer)));
    }
  }
  if (found.size() > most_remedies) found.resize(most_remedies);
  return found;
}

}  // namespace keraunos
