#include "runtime/explain/subject.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runtime/exec/bind.hpp"

namespace keraunos {
namespace {

const Shape* first_shape(const Graph& graph, const std::vector<ValueId>& values) {
  const bool known = !values.empty() && values.front() != keras::unknown_value;
  return known ? &graph.shape(values.front()) : nullptr;
}

template <typename... Ops>
bool is_one_of(const Op& op) {
  return (std::holds_alternative<Ops>(op) || ...);
}

// The more an op says about a shape, the lower its rank.
int rank_of(const Op& op) {
  if (is_one_of<Recurrent, Custom>(op)) return 0;
  if (is_one_of<Conv, ConvTranspose, Pool, AdaptivePool, Resize>(op)) return 1;
  if (is_one_of<MatMul, BatchMatMul>(op)) return 2;
  if (is_one_of<Gather, Concat>(op)) return 3;
  if (is_one_of<Norm, Softmax>(op)) return 4;
  if (is_one_of<Reduce, ArgReduce, Pad, Slice>(op)) return 5;
  if (is_one_of<Transpose>(op)) return 6;
  if (is_one_of<View>(op)) return 7;
  return is_one_of<Cast>(op) ? 9 : 8;
}

}  // namespace

std::optional<std::int64_t> Sizes::number(const Dim& dim) const {
  if (dim.is_constant()) return dim.constant();
  const auto symbols = dim.symbols();
  const bool all_bound = std::all_of(symbols.begin(), symbols.end(), [&](const std::string& name) {
    return binding_.contains(name);
  });
  if (!all_bound) return std::nullopt;
  try {
    return dim.evaluate(binding_);
  } catch (const Error&) {
    return std::nullopt;  // beyond 63 bits
  }
}

std::string Sizes::text(const Dim& dim) const {
  if (const auto known = number(dim)) return fmt::format("{}", *known);
  std::string formula = dim.to_string();
  return formula == batch_symbol ? "None" : formula;
}

std::string Sizes::text(const Shape& shape) const {
  std::vector<std::string> sizes;
  for (const Dim& dim : shape) sizes.push_back(text(dim));
  const std::string joined = fmt::format("{}", fmt::join(sizes, ", "));
  return sizes.size() == 1 ? fmt::format("({},)", joined) : fmt::format("({})", joined);
}

std::optional<Dims> Sizes::dims(const Shape& shape) const {
  Dims dims;
  for (const Dim& dim : shape) {
    const auto known = number(dim);
    if (!known) return std::nullopt;
    dims.push_back(*known);
  }
  return dims;
}

std::string shape_text(const Subject& subject, const Sizes& sizes, ValueId value) {
  return value == keras::unknown_value ? "unknown" : sizes.text(subject.graph.shape(value));
}

const Shape* first_input(const Subject& subject, const keras::LayerRecord& layer) {
  return first_shape(subject.graph, layer.inputs);
}

const Shape* first_output(const Subject& subject, const keras::LayerRecord& layer) {
  return first_shape(subject.graph, layer.outputs);
}

const Node* main_node(const Graph& graph, const keras::LayerRecord& layer) {
  const Node* found = nullptr;
  for (NodeId id = layer.first_node; id < layer.end_node; ++id) {
    const Node& node = graph.nodes()[id];
    if (found == nullptr || rank_of(node.op) < rank_of(found->op)) found = &node;
  }
  return found;
}

bool flattens(const Subject& subject, const keras::LayerRecord& layer) {
  const Shape* const input = first_input(subject, layer);
  const Shape* const output = first_output(subject, layer);
  if (input == nullptr || output == nullptr || output->size() != 2 || input->size() < 2) {
    return false;
  }
  const Node* const node = main_node(subject.graph, layer);
  return node != nullptr && std::holds_alternative<View>(node->op) &&
         (*output)[1] == element_count(Shape(input->begin() + 1, input->end()));
}

std::string product_text(const Sizes& sizes, const Shape& shape, std::size_t first_axis) {
  std::vector<std::string> factors;
  for (std::size_t axis = first_axis; axis < shape.size(); ++axis) {
    const std::string text = sizes.text(shape[axis]);
    const bool plain = text.find_first_of("+-*/, ") == std::string::npos;
    factors.push_back(plain ? text : fmt::format("({})", text));
  }
  return fmt::format("{}", fmt::join(factors, "·"));
}

}  // namespace keraunos
