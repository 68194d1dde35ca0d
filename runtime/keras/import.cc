#include "runtime/keras/import.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/base/log.hpp"
#include "runtime/keras/inferred_input.hpp"
#include "runtime/keras/model_runner.hpp"
#include "runtime/keras/nearest_names.hpp"
#include "runtime/keras/own_class.hpp"
#include "runtime/keras/replace_layers.hpp"
#include "runtime/keras/wanted_layers.hpp"

namespace keraunos::keras {
namespace {

ModelConfig parse_root(const file::Json& config) {
  const std::string class_name(config.at("class_name").as_string());
  return parse_model(module_of(config), class_name, config.at("config"), "layers");
}

void append(const std::string& name, const std::vector<ValueId>& values, ModelResult& result) {
  result.outputs.insert(result.outputs.end(), values.begin(), values.end());
  result.output_names.insert(result.output_names.end(), values.size(), name);
}

// Appends the results of the wanted layers to the model's outputs.
void append_layers(const Environment& environment, const std::vector<std::string>& layers,
                   ModelResult& result) {
  const auto& results = environment.layer_results;
  for (const std::string& wanted : layers) {
    const auto found = std::find_if(results.begin(), results.end(),
                                    [&](const auto& entry) { return entry.first == wanted; });
    if (found == results.end()) {
      std::vector<std::string> names;
      for (const auto& [name, values] : results) names.push_back(name);
      refuse_unknown_layer(wanted, names);
    }
    append(found->first, found->second, result);
  }
}

// The layers that the options name, where they name all that is to be imported.
std::vector<std::string> wanted_layers(const LoadOptions& options) {
  std::vector<std::string> wanted = options.outputs;
  if (!wanted.empty()) wanted.insert(wanted.end(), options.layers.begin(), options.layers.end());
  return wanted;
}

std::string to_keras_string(const RecordedSizes& sizes) {
  std::vector<std::string> texts;
  for (const auto& size : sizes) texts.push_back(size ? std::to_string(*size) : "None");
  return fmt::format("({})", fmt::join(texts, ", "));
}

// Gives a Sequential model whose file tells no input the one that its weights tell.
void infer_input(const Archive& archive, const LoadOptions& options, bool warns,
                 ModelConfig& model) {
  const bool missing = !model.layers.empty() && !model.layers.front().is_input();
  if (model.kind != ModelKind::sequential || !missing) return;
  InferredInput input = inferred_input(archive, model, options.input_shape);
  model.layers.insert(model.layers.begin(), std::move(input.entry));
  if (!warns || input.other_ranks.empty()) return;
  log_warning(
      "the file tells no shape of the input of the Sequential model '{}': {} is taken, the "
      "smallest that its weights fit; they fit rank {} as well: where that is meant, tell it "
      "(LoadOptions::input_shape; --shape)",
      model.name, to_keras_string(input.sizes), fmt::join(input.other_ranks, ", "));
}

// Runs the model, or as much of it as the options ask for, into the graph of `environment`.
ModelResult run_model(const Archive& archive, const LoadOptions& options, Environment& environment,
                      ImportedModel& imported) {
  ModelConfig model =
      within([&] { return archive.config_name; },
             [&] {
               return parse_root(options.replace.empty()
                                     ? archive.config
                                     : replace_layers(archive.config, options.replace));
             });
  const std::vector<std::string> wanted = wanted_layers(options);
  if (!wanted.empty()) keep_only(model, wanted, UnneededInputs::removed);
  infer_input(archive, options, !environment.shapes_only, model);
  ModelResult result = ModelRunner(environment, wanted).run(model);
  if (!options.outputs.empty()) {
    result.outputs.clear();
    result.output_names.clear();
    append_layers(environment, options.outputs, result);
  }
  imported.name = model.name;
  return result;
}

}  // namespace

ImportedModel import_model(const Archive& archive, const LoadOptions& options) {
  ImportedModel imported;
  WeightStore weights(*archive.weights, imported.graph, *archive.budget,
                      options.zero_weights ? WeightNumbers::zeros : WeightNumbers::read);
  Environment environment = {imported.graph, weights, archive.version, {}, {}, {}, archive.asset};
  environment.budget = archive.budget;
  ModelResult result = run_model(archive, options, environment, imported);
  // What is cut off or replaced leaves its weights behind.
  const bool whole = options.outputs.empty() && options.replace.empty();
  if (whole && !options.zero_weights) archive.weights->refuse_unused();
  imported.own_outputs = result.outputs.size();
  if (options.all_layers) {
    for (const auto& [name, values] : environment.layer_results) append(name, values, result);
  } else {
    append_layers(environment, options.layers, result);
  }
  imported.graph.set_outputs(std::move(result.outputs));
  imported.output_names = std::move(result.output_names);
  imported.layers = std::move(result.layers);
  imported.graph.verify();
  imported.limits = archive.budget->limits();
  return imported;
}

ImportedModel import_architecture(const Archive& archive, const LoadOptions& options) {
  ImportedModel imported;
  WeightStore weights(*archive.weights, imported.graph, *archive.budget, WeightNumbers::left_out);
  Environment environment = {imported.graph, weights, archive.version, {}, {}, {}, archive.asset};
  environment.budget = archive.budget;
  environment.shapes_only = true;
  const ModelResult result = run_model(archive, options, environment, imported);
  std::vector<ValueId> outputs;
  for (std::size_t i = 0; i < result.outputs.size(); ++i) {
    if (result.outputs[i] == unknown_value) continue;
    outputs.push_back(result.outputs[i]);
    imported.output_names.push_back(result.output_names[i]);
  }
  imported.own_outputs = outputs.size();
  imported.graph.set_outputs(std::move(outputs));
  imported.layers = result.layers;
  imported.limits = archive.budget->limits();
  return imported;
}

}  // namespace keraunos::keras
