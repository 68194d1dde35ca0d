#include "runtime/keras/model_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "runtime/base/fail.hpp"
#include "runtime/keras/class_name.hpp"
#include "runtime/keras/custom_layer.hpp"
#include "runtime/keras/multi_gpu.hpp"
#include "runtime/keras/own_class.hpp"
#include "runtime/keras/sequential_input.hpp"
#include "runtime/keras/text_member.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

bool is_reference(const Json& json) {
  return json.is_array() && json.size() >= 3 && json[0].is_string() && json[1].is_int() &&
         json[2].is_int();
}

TensorReference to_reference(const Json& json) {
  if (!is_reference(json)) {
    fail(ErrorCode::malformed_file, "{} is no [layer, node, tensor]", json.dump(60));
  }
  return {std::string(json[0].as_string()), json[1].as_int64(), json[2].as_int64()};
}

// Walks a nested structure of lists and dicts without recursion and calls `leaf(json, key)` for
// what is neither, in Keras's order. `is_leaf` may claim a list or dict as a leaf too.
template <typename IsLeaf, typename Leaf>
void walk_structure(const Json& root, IsLeaf is_leaf, Leaf leaf) {
  std::vector<std::pair<Json, std::string>> pending = {{root, ""}};
  while (!pending.empty()) {
    const auto [json, key] = std::move(pending.back());
    pending.pop_back();
    if (is_leaf(json) || !(json.is_array() || json.is_object())) {
      leaf(json, key);
      continue;
    }
    std::vector<std::pair<Json, std::string>> children;
    if (json.is_array()) {
      for (const Json element : json.elements()) children.emplace_back(element, key);
    } else {
      for (const auto [name, value] : json.members()) children.emplace_back(value, name);
      std::stable_sort(children.begin(), children.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
    }
    pending.insert(pending.end(), children.rbegin(), children.rend());
  }
}

TensorStructure parse_references(const Json& root) {
  TensorStructure structure;
  walk_structure(root, is_reference, [&](const Json& leaf, const std::string& key) {
    structure.tensors.push_back(to_reference(leaf));
    structure.keys.push_back(key);
  });
  return structure;
}

CallArguments parse_call(const Json& node) {
  CallArguments call;
  for (const Json argument : node.at("args").elements()) {
    call.positional.push_back(parse_argument(argument));
  }
  if (const auto kwargs = node.find("kwargs")) {
    for (const auto [name, value] : kwargs->members()) {
      call.keyword.emplace_back(name, parse_argument(value));
    }
  }
  return call;
}

std::string class_in_tables(const Json& json) {
  if (json.contains(shown_key)) return text_or_empty(json, shown_key);
  return std::string(class_behind(json.at("class_name").as_string()));
}

LayerEntry parse_layer(const Json& json, ModelKind kind) {
  LayerEntry entry{.name = {},
                   .class_name = std::string(json.at("class_name").as_string()),
                   .module = module_of(json),
                   .path = {},
                   .config = json.at("config"),
                   .build = json.find("build_config"),
                   .calls = {},
                   .refusal = text_or_empty(json, refusal_key),
                   .shown_class = class_in_tables(json)};
  if (!entry.config.is_object()) {
    fail(ErrorCode::unsupported, "the config of class {} is {}, not an object", entry.class_name,
         entry.config.dump(60));
  }
  entry.name = text_or_empty(entry.config, "name");
  if (entry.name.empty()) entry.name = text_or_empty(json, "name");
  if (kind == ModelKind::functional) {
    within([&] { return fmt::format("layer '{}' ({})", entry.name, entry.class_name); },
           [&] {
             for (const Json node : json.at("inbound_nodes").elements()) {
               entry.calls.push_back(parse_call(node));
             }
           });
  }
  return entry;
}

bool is_layer_entry(const Json& json) {
  return json.is_object() && json.contains("class_name") && json.contains("config");
}

// What Keras's get_config() writes for a graph, whatever the class is called. Layers of an author's
// own may keep a list of layers too, but neither outputs nor the shape of an input.
std::optional<ModelKind> kind_of_graph(const Json& config) {
  const bool is_object = config.is_object();
  const auto layers = is_object ? config.find("layers") : std::optional(config);
  if (!layers || !layers->is_array() || layers->size() == 0) return std::nullopt;
  for (const Json layer : layers->elements()) {
    if (!is_layer_entry(layer)) return std::nullopt;
  }
  if (is_object && config.contains("input_layers") && config.contains("output_layers")) {
    return ModelKind::functional;
  }
  const Json first = (*layers)[0];
  const Json first_config = first.at("config");
  const bool has_input = text_or_empty(first, "class_name") == "InputLayer" ||
                         (is_object && config.contains("build_input_shape")) ||
                         (first_config.is_object() && first_config.contains("batch_input_shape"));
  return has_input ? std::optional(ModelKind::sequential) : std::nullopt;
}

}  // namespace

bool is_model_class(std::string_view module, std::string_view class_name) {
  const bool is_kerass =
      module == "keras" || module == "keras.models" || module.starts_with("keras.src.models");
  return is_kerass &&
         (class_name == "Sequential" || class_name == "Functional" || class_name == "Model");
}

bool is_operation_module(std::string_view module) {
  return module.starts_with("keras.src.ops") || module.starts_with("keras.ops") ||
         module.starts_with("keras.src.activations");
}

std::optional<ModelKind> model_kind(std::string_view module, std::string_view class_name,
                                    const Json& config) {
  if (is_model_class(module, class_name)) {
    return class_name == "Sequential" ? ModelKind::sequential : ModelKind::functional;
  }
  if (find_custom_layer(class_name) != nullptr) return std::nullopt;  // the application knows it
  return kind_of_graph(config);
}

ModelKind require_model(std::string_view module, std::string_view class_name, const Json& config) {
  if (const auto kind = model_kind(module, class_name, config)) return *kind;
  fail(ErrorCode::unsupported,
       "the model is of class '{}', whose code is not in the file, and its config holds no graph: "
       "only Sequential and Functional models can be run, and subclasses of them made as "
       "{}(inputs, outputs); rebuild it as keras.Model(inputs, outputs) and save that",
       class_name, class_name);
}

void refuse_empty_model(const Json& layers, std::string_view name) {
  if (layers.size() > 0) return;
  fail(ErrorCode::malformed_file,
       "the model '{}' has no layers in its config: it was never built, or the file was altered",
       name);
}

ModelConfig parse_model(std::string_view module, std::string_view class_name, const Json& config,
                        const std::string& container) {
  const ModelKind kind = require_model(module, class_name, config);
  ModelConfig model{.kind = kind,
                    .name = text_or_empty(config, "name"),
                    .subclass = std::string(is_model_class(module, class_name) ? "" : class_name),
                    .layers = {},
                    .inputs = {},
                    .outputs = {}};
  refuse_empty_model(config.at("layers"), model.name);
  PathCounter paths(container);
  std::set<std::string> names;
  for (const Json json : config.at("layers").elements()) {
    LayerEntry entry = parse_layer(json, kind);
    if (!names.insert(entry.name).second) {
      fail(ErrorCode::malformed_file, "two layers are named '{}'", entry.name);
    }
    // Weights lie where the layer that was saved has put them.
    const Json saved = json.find(replaced_key).value_or(json);
    const std::string saved_class = text_or_empty(saved, "class_name");
    const bool counted = kind == ModelKind::sequential
                             ? !entry.is_input()
                             : !is_operation_module(text_or_empty(saved, "module"));
    // Operations on Keras tensors sit among the layers, but Keras does not count them as such.
    if (counted) entry.path = paths.next(saved_class);
    model.layers.push_back(std::move(entry));
  }
  if (kind == ModelKind::sequential && (model.layers.empty() || !model.layers.front().is_input())) {
    if (auto input = recorded_input(config)) {
      model.layers.insert(model.layers.begin(), std::move(*input));
    }
  }
  if (kind == ModelKind::functional) {
    model.inputs = parse_references(config.at("input_layers"));
    model.outputs = parse_references(config.at("output_layers"));
    unwrap_multi_gpu(model);
  }
  return model;
}

}  // namespace keraunos::keras
