#include "runtime/keras/import.hpp"

#include "runtime/base/fail.hpp"
#include "runtime/keras/model_runner.hpp"

namespace keraunos::keras {
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
  WeightStore weights(*archive.weights, imported.graph);
  Environment environment = {imported.graph, weights, archive.version, {}, {}, archive.asset};
  ModelResult result = ModelRunner(environment).run(model);
  imported.name = model.name;
  imported.graph.set_outputs(std::move(result.outputs));
  imported.output_names = std::move(result.output_names);
  imported.layers = std::move(result.layers);
  imported.graph.verify();
  return imported;
}

}  // namespace keraunos::keras
