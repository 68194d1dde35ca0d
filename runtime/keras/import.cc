#include "runtime/keras/import.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/model_runner.hpp"
#include "runtime/keras/own_class.hpp"

namespace keraunos::keras {
namespace {

ModelConfig parse_root(const file::Json& config) {
  const std::string class_name(config.at("class_name").as_string());
  return parse_model(module_of(config), class_name, config.at("config"), "layers");
}

// Appends the results of the wanted layers to the model's outputs.
void add_layer_outputs(const Environment& environment, const LoadOptions& options,
                       ModelResult& result) {
  const auto append = [&](const std::string& name, const std::vector<ValueId>& values) {
    result.outputs.insert(result.outputs.end(), values.begin(), values.end());
    result.output_names.insert(result.output_names.end(), values.size(), name);
  };
  if (options.all_layers) {
    for (const auto& [name, values] : environment.layer_results) append(name, values);
    return;
  }
  for (const std::string& wanted : options.layers) {
    const auto& results = environment.layer_results;
    const auto found = std::find_if(results.begin(), results.end(),
                                    [&](const auto& entry) { return entry.first == wanted; });
    if (found == results.end()) {
      std::vector<std::string> names;
      for (const auto& [name, values] : results) names.push_back(name);
      fail(ErrorCode::invalid_argument, "the model has no layer '{}'; it has {}", wanted,
           fmt::join(names, ", "));
    }
    append(found->first, found->second);
  }
}

ModelConfig parse_config(const Archive& archive) {
  return within([&] { return archive.config_name; }, [&] { return parse_root(archive.config); });
}

}  // namespace

ImportedModel import_model(const Archive& archive, const LoadOptions& options) {
  const ModelConfig model = parse_config(archive);
  ImportedModel imported;
  WeightStore weights(*archive.weights, imported.graph, *archive.budget,
                      options.zero_weights ? WeightNumbers::zeros : WeightNumbers::read);
  Environment environment = {imported.graph, weights, archive.version, {}, {}, {}, archive.asset};
  environment.budget = archive.budget;
  ModelResult result = ModelRunner(environment).run(model);
  if (!options.zero_weights) archive.weights->refuse_unused();
  imported.own_outputs = result.outputs.size();
  add_layer_outputs(environment, options, result);
  imported.name = model.name;
  imported.graph.set_outputs(std::move(result.outputs));
  imported.output_names = std::move(result.output_names);
  imported.layers = std::move(result.layers);
  imported.graph.verify();
  imported.limits = archive.budget->limits();
  return imported;
}

ImportedModel import_architecture(const Archive& archive) {
  const ModelConfig model = parse_config(archive);
  ImportedModel imported;
  WeightStore weights(*archive.weights, imported.graph, *archive.budget, WeightNumbers::left_out);
  Environment environment = {imported.graph, weights, archive.version, {}, {}, {}, archive.asset};
  environment.budget = archive.budget;
  environment.shapes_only = true;
  const ModelResult result = ModelRunner(environment).run(model);
  std::vector<ValueId> outputs;
  for (std::size_t i = 0; i < result.outputs.size(); ++i) {
    if (result.outputs[i] == unknown_value) continue;
    outputs.push_back(result.outputs[i]);
    imported.output_names.push_back(result.output_names[i]);
  }
  imported.name = model.name;
  imported.own_outputs = outputs.size();
  imported.graph.set_outputs(std::move(outputs));
  imported.layers = result.layers;
  imported.limits = archive.budget->limits();
  return imported;
}

}  // namespace keraunos::keras
