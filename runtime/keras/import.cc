#include "runtime/keras/import.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "runtime/base/fail.hpp"
#include "runtime/base/log.hpp"
#include "runtime/keras/axis_names.hpp"
#include "runtime/keras/call_order.hpp"
#include "runtime/keras/layer.hpp"
#include "runtime/keras/model_config.hpp"

namespace keraunos::keras {
namespace {

// Inlining a model that is called twice by a model that is called twice ... doubles every time.
constexpr std::size_t max_nodes = 200'000;
constexpr int max_nesting = 50;

using Values = std::vector<ValueId>;

// What one execution of a model gives back.
struct ModelResult {
  Values outputs;
  std::vector<std::string> output_names;
  std::vector<LayerRecord> layers;
};

class Importer {
 public:
  Importer(const std::optional<file::H5File>& weights, Graph& graph)
      : graph_(graph), weights_(weights, graph) {}

  ModelResult run(const ModelConfig& model);

 private:
  // The layers of one model, or of a model nested in it, being executed on concrete values.
  struct Scope {
    const ModelConfig& model;
    std::string prefix;  // "" or "encoder/"
    int depth;
    std::map<std::string, std::size_t> index_of;                  // layer name -> entry
    std::map<std::pair<std::string, std::int64_t>, Values> made;  // (layer, node)
    std::vector<LayerRecord> records;                             // one per entry
  };

  ModelResult execute(const ModelConfig& model, const std::string& prefix, int depth,
                      const Values& arguments, const std::vector<std::string>& keys);
  ModelResult execute_sequential(Scope& scope, const Values& arguments);
  ModelResult execute_functional(Scope& scope, const Values& arguments,
                                 const std::vector<std::string>& keys);
  void run_call(Scope& scope, const CallIndex& call);
  Values call_layer(Scope& scope, std::size_t index, const Values& inputs,
                    const std::vector<std::string>& keys);
  Values call_model(Scope& scope, const LayerEntry& entry, LayerRecord& record,
                    const Values& inputs, const std::vector<std::string>& keys);
  Values call_plain_layer(Scope& scope, const LayerEntry& entry, LayerRecord& record,
                          const Values& inputs);
  ValueId add_model_input(const LayerEntry& entry, bool only_input);
  ValueId adapt(const LayerEntry& input_layer, ValueId value);
  static ValueId value_of(const Scope& scope, const TensorReference& reference);

  Graph& graph_;
  WeightStore weights_;
};

TensorType declared_type(const LayerEntry& entry, bool only_input) {
  const Config config(entry.config);
  config.refuse_if_set("sparse");
  config.refuse_if_set("ragged");
  config.refuse_if_set("optional");
  const std::string name = config.string_or("dtype", "float32");
  const auto dtype = dtype_from_name(name);
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

std::string describe(const LayerEntry& entry, const std::string& prefix) {
  return fmt::format("layer '{}{}' ({})", prefix, entry.name, entry.class_name);
}

const LayerEntry& input_entry(const ModelConfig& model, const TensorReference& reference) {
  for (const LayerEntry& entry : model.layers) {
    if (entry.name == reference.layer && entry.is_input()) return entry;
  }
  fail(ErrorCode::malformed_file, "the model's input '{}' is not one of its input layers",
       reference.layer);
}

}  // namespace

// ------------------------------------------------------------------------------------------------

ValueId Importer::add_model_input(const LayerEntry& entry, bool only_input) {
  return within([&] { return describe(entry, ""); },
                [&] { return graph_.add_input(entry.name, declared_type(entry, only_input)); });
}

// What Keras does to the arguments of a nested model: cast to the input's dtype, and add or drop a
// last axis of one.
ValueId Importer::adapt(const LayerEntry& input_layer, ValueId value) {
  const std::string layer = describe(input_layer, "");
  const TensorType declared = declared_type(input_layer, true);
  Shape shape = graph_.shape(value);
  if (shape.size() == declared.shape.size() + 1 && shape.back() == Dim(1)) {
    shape.pop_back();
  } else if (shape.size() + 1 == declared.shape.size() && declared.shape.back() == Dim(1)) {
    shape.emplace_back(1);
  }
  if (shape.size() != declared.shape.size()) {
    fail(ErrorCode::shape_mismatch, "expects an input of rank {}, got {}", declared.shape.size(),
         to_keras_string(shape));
  }
  if (shape.size() != graph_.shape(value).size()) value = graph_.add(View{shape}, {value}, layer);
  if (graph_.type(value).dtype == declared.dtype) return value;
  return graph_.add(Cast{declared.dtype}, {value}, layer);
}

ModelResult Importer::run(const ModelConfig& model) {
  Values inputs;
  if (model.kind == ModelKind::functional) {
    const bool only_input = model.inputs.tensors.size() == 1;
    for (const TensorReference& reference : model.inputs.tensors) {
      inputs.push_back(add_model_input(input_entry(model, reference), only_input));
    }
  } else {
    if (model.layers.empty() || !model.layers.front().is_input()) {
      fail(ErrorCode::unsupported,
           "the Sequential model '{}' was never built, so that it has no weights and no shapes: "
           "call it on data before saving it",
           model.name);
    }
    inputs.push_back(add_model_input(model.layers.front(), true));
  }
  return execute(model, "", 0, inputs, model.inputs.keys);
}

ModelResult Importer::execute(const ModelConfig& model, const std::string& prefix, int depth,
                              const Values& arguments, const std::vector<std::string>& keys) {
  if (depth > max_nesting) {
    fail(ErrorCode::unsupported, "models are nested more than {} deep", max_nesting);
  }
  Scope scope{model, prefix, depth, {}, {}, {}};
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    const LayerEntry& entry = model.layers[i];
    scope.index_of[entry.name] = i;
    scope.records.push_back({entry.name, entry.class_name, {}, {}, 0, 0});
  }
  return model.kind == ModelKind::sequential ? execute_sequential(scope, arguments)
                                             : execute_functional(scope, arguments, keys);
}

ModelResult Importer::execute_sequential(Scope& scope, const Values& arguments) {
  if (arguments.size() != 1) {
    fail(ErrorCode::malformed_file, "a Sequential model takes one tensor, got {}",
         arguments.size());
  }
  Values current = arguments;
  std::string previous;
  for (std::size_t i = 0; i < scope.model.layers.size(); ++i) {
    const LayerEntry& entry = scope.model.layers[i];
    if (entry.is_input()) {
      if (i != 0) fail(ErrorCode::malformed_file, "{} is not the first", describe(entry, ""));
      if (scope.depth > 0) current = {adapt(entry, current[0])};
      scope.records[i].output_shapes = {graph_.shape(current[0])};
    } else {
      current = call_layer(scope, i, current, {});
    }
    if (!previous.empty()) scope.records[i].connected_to = {previous};
    previous = entry.name;
  }
  std::vector<std::string> names(current.size(), previous);
  return {std::move(current), std::move(names), std::move(scope.records)};
}

ModelResult Importer::execute_functional(Scope& scope, const Values& arguments,
                                         const std::vector<std::string>& keys) {
  const TensorStructure& inputs = scope.model.inputs;
  if (arguments.size() != inputs.tensors.size()) {
    fail(ErrorCode::malformed_file, "takes {} tensors, got {}", inputs.tensors.size(),
         arguments.size());
  }
  for (std::size_t i = 0; i < inputs.tensors.size(); ++i) {
    const LayerEntry& entry = input_entry(scope.model, inputs.tensors[i]);
    // Arguments given by name find the input of that name, all others go by position.
    std::size_t position = i;
    for (std::size_t k = 0; k < keys.size(); ++k) {
      const std::string& wanted = inputs.keys[i].empty() ? entry.name : inputs.keys[i];
      if (!keys[k].empty() && keys[k] == wanted) position = k;
    }
    const ValueId value = scope.depth > 0 ? adapt(entry, arguments[position]) : arguments[position];
    scope.made[{entry.name, 0}] = {value};
    scope.records[scope.index_of[entry.name]].output_shapes = {graph_.shape(value)};
  }

  for (const CallIndex& call : order_calls(scope.model)) run_call(scope, call);

  Values outputs;
  std::vector<std::string> names;
  for (TensorReference reference : scope.model.outputs.tensors) {
    const auto index = scope.index_of.find(reference.layer);
    if (index == scope.index_of.end()) {
      fail(ErrorCode::malformed_file, "the model's output '{}' is not one of its layers",
           reference.layer);
    }
    // Keras counts the calls of a nested Functional from 1 in output_layers, and from 0 elsewhere.
    const LayerEntry& entry = scope.model.layers[index->second];
    const bool functional = is_model_class(entry.module, entry.class_name) &&
                            model_kind(entry.class_name) == ModelKind::functional;
    if (functional) --reference.node;
    outputs.push_back(value_of(scope, reference));
    names.push_back(reference.layer);
  }
  return {std::move(outputs), std::move(names), std::move(scope.records)};
}

ValueId Importer::value_of(const Scope& scope, const TensorReference& reference) {
  const auto found = scope.made.find({reference.layer, reference.node});
  const auto tensor = static_cast<std::size_t>(reference.tensor);
  if (found == scope.made.end() || reference.tensor < 0 || tensor >= found->second.size()) {
    fail(ErrorCode::malformed_file, "there is no output {} of call {} of layer '{}'",
         reference.tensor, reference.node, reference.layer);
  }
  return found->second[tensor];
}

void Importer::run_call(Scope& scope, const CallIndex& call) {
  const LayerEntry& entry = scope.model.layers[call.layer];
  const TensorStructure& arguments = entry.calls[call.node].arguments;
  Values inputs;
  for (const TensorReference& source : arguments.tensors) {
    inputs.push_back(value_of(scope, source));
    scope.records[call.layer].connected_to.push_back(source.layer);
  }
  scope.made[{entry.name, static_cast<std::int64_t>(call.node)}] =
      call_layer(scope, call.layer, inputs, arguments.keys);
}

Values Importer::call_layer(Scope& scope, std::size_t index, const Values& inputs,
                            const std::vector<std::string>& keys) {
  const LayerEntry& entry = scope.model.layers[index];
  LayerRecord record = {entry.name, entry.class_name, {}, {}, 0, 0};
  if (graph_.nodes().size() > max_nodes) {
    fail(ErrorCode::unsupported, "the model has more than {} operations", max_nodes);
  }
  Values outputs = within([&] { return describe(entry, scope.prefix); },
                          [&] {
                            return is_model_class(entry.module, entry.class_name)
                                       ? call_model(scope, entry, record, inputs, keys)
                                       : call_plain_layer(scope, entry, record, inputs);
                          });
  LayerRecord& kept = scope.records[index];
  if (kept.output_shapes.empty()) {  // later calls of a shared layer add no parameters
    for (const ValueId output : outputs) kept.output_shapes.push_back(graph_.shape(output));
    kept.trainable_parameters = record.trainable_parameters;
    kept.non_trainable_parameters = record.non_trainable_parameters;
  }
  return outputs;
}

Values Importer::call_model(Scope& scope, const LayerEntry& entry, LayerRecord& record,
                            const Values& inputs, const std::vector<std::string>& keys) {
  const std::string path = weights_.locate(entry.path, entry.name);
  const ModelConfig model =
      parse_model(model_kind(entry.class_name), entry.config, path + "/layers");
  const ModelResult result =
      execute(model, scope.prefix + entry.name + "/", scope.depth + 1, inputs, keys);
  for (const LayerRecord& layer : result.layers) {
    record.trainable_parameters += layer.trainable_parameters;
    record.non_trainable_parameters += layer.non_trainable_parameters;
  }
  return result.outputs;
}

Values Importer::call_plain_layer(Scope& scope, const LayerEntry& entry, LayerRecord& record,
                                  const Values& inputs) {
  const LayerImporter import = find_layer_importer(entry.module, entry.class_name);
  LayerCall call(
      {scope.prefix + entry.name, entry.class_name, weights_.locate(entry.path, entry.name)},
      entry.config, inputs, graph_, weights_);
  Values outputs = import(call);
  record.trainable_parameters = call.trainable_parameters();
  record.non_trainable_parameters = call.non_trainable_parameters();
  if (const auto unread = call.config().unread(); !unread.empty()) {
    log_warning("{}: keys not known and left aside: {}", describe(entry, scope.prefix),
                fmt::join(unread, ", "));
  }
  return outputs;
}

namespace {

ModelConfig parse_root(const file::Json& config) {
  const std::string class_name(config.at("class_name").as_string());
  const auto module = config.find("module");
  const std::string module_name(module && module->is_string() ? module->as_string() : "");
  if (!is_model_class(module_name, class_name)) {
    fail(ErrorCode::unsupported,
         "the model is of class '{}', whose code is not in the file: only Sequential and "
         "Functional models can be run",
         class_name);
  }
  return parse_model(model_kind(class_name), config.at("config"), "layers");
}

}  // namespace

ImportedModel import_model(const Archive& archive) {
  const ModelConfig model =
      within([] { return std::string("config.json"); }, [&] { return parse_root(archive.config); });
  ImportedModel imported;
  Importer importer(archive.weights, imported.graph);
  ModelResult result = importer.run(model);
  imported.name = model.name;
  imported.graph.set_outputs(std::move(result.outputs));
  imported.output_names = std::move(result.output_names);
  imported.layers = std::move(result.layers);
  imported.graph.verify();
  return imported;
}

}  // namespace keraunos::keras
