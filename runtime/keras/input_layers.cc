#include "runtime/keras/input_layers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/axis_names.hpp"
#include "runtime/keras/dtype_policy.hpp"
#include "runtime/keras/layer_label.hpp"

namespace keraunos::keras {
namespace {

TensorType declared_type(const LayerEntry& entry, bool only_input) {
  const Config config(entry.config);
  config.refuse_if_set("sparse");
  config.refuse_if_set("ragged");
  const std::string name = config.string_or("dtype", "float32");
  const auto dtype = dtype_in_config(name);
  if (!dtype) fail(ErrorCode::unsupported, "inputs of dtype '{}' are not supported", name);
  auto shape = config.find("batch_shape");
  if (!shape) shape = config.find("batch_input_shape");
  if (!shape || shape->size() == 0) {
    fail(ErrorCode::malformed_file, "key 'batch_shape': missing or empty");
  }
  std::vector<std::optional<std::int64_t>> sizes;
  for (const file::Json size : shape->elements()) {
    sizes.push_back(size.is_null() ? std::nullopt : std::optional(to_integer(size, 0)));
  }
  return {*dtype, name_axes(sizes, only_input ? "" : entry.name)};
}

// What calls of nested models may pass beside tensors and masks: nothing that would change the
// result.
void refuse_keywords(const CallArguments& arguments) {
  for (const auto& [name, argument] : arguments.keyword) {
    if (argument.asks_for_nothing() || name == "inputs" || name == "mask") continue;
    fail(ErrorCode::unsupported, "called with {}={}, which is not supported", name,
         argument.describe());
  }
}

// The tensors of an argument in order, with nothing in the place of each None.
void collect(const Argument& argument, std::vector<std::optional<ValueId>>& leaves) {
  if (argument.is_tensor()) {
    leaves.emplace_back(argument.value);
  } else if (argument.items.empty()) {
    leaves.emplace_back();
  }
  for (const Argument& item : argument.items) collect(item, leaves);
}

}  // namespace

std::string describe(const LayerEntry& entry) { return layer_label(entry.name, entry.class_name); }

std::size_t input_index(const PreparedModel& prepared, const TensorReference& reference) {
  const auto index = prepared.find(reference.layer);
  if (index && prepared.model.layers[*index].is_input()) return *index;
  fail(ErrorCode::malformed_file, "the model's input '{}' is not one of its input layers",
       reference.layer);
}

ValueId add_input(Graph& graph, const LayerEntry& entry, bool only_input) {
  return within([&] { return describe(entry); },
                [&] { return graph.add_input(entry.name, declared_type(entry, only_input)); });
}

ValueId adapt_to_input(Environment& environment, const LayerEntry& entry, ValueId value) {
  Graph& graph = environment.graph;
  const std::string layer = describe(entry);
  const TensorType declared = declared_type(entry, true);
  Shape shape = graph.shape(value);
  if (shape.size() == declared.shape.size() + 1 && shape.back() == Dim(1)) {
    shape.pop_back();
  } else if (shape.size() + 1 == declared.shape.size() && declared.shape.back() == Dim(1)) {
    shape.emplace_back(1);
  }
  if (shape.size() != declared.shape.size()) {
    fail(ErrorCode::shape_mismatch, "expects an input of rank {}, got {}", declared.shape.size(),
         to_keras_string(shape));
  }
  const ValueId given = value;
  if (shape.size() != graph.shape(value).size()) value = graph.add(View{shape}, {value}, layer);
  if (graph.type(value).dtype != declared.dtype) {
    value = graph.add(Cast{declared.dtype}, {value}, layer);
  }
  if (const auto mask = environment.masks.find(given); mask != environment.masks.end()) {
    environment.masks[value] = mask->second;
  }
  return value;
}

ModelArguments take_arguments(Environment& environment, const CallArguments& arguments) {
  refuse_keywords(arguments);
  ModelArguments inputs;
  const auto take = [&](const Argument& tensor, std::string_view key) {
    inputs.values.push_back(tensor.value);
    inputs.keys.emplace_back(key);
  };
  std::vector<std::optional<ValueId>> masks;
  for (const Argument& argument : arguments.positional) for_each_tensor(argument, take);
  for (const auto& [name, argument] : arguments.keyword) {
    if (name == "inputs") for_each_tensor(argument, take);
    if (name == "mask") collect(argument, masks);
  }
  // As in Keras, which marks the tensors themselves, the masks stay.
  for (std::size_t i = 0; i < std::min(masks.size(), inputs.values.size()); ++i) {
    if (masks[i]) environment.masks[inputs.values[i]] = *masks[i];
  }
  return inputs;
}

}  // namespace keraunos::keras
