#include "keraunos/model.hpp"

#include "keraunos/explain.hpp"
#include "runtime/base/fail.hpp"
#include "runtime/exec/loaded_model.hpp"
#include "runtime/explain/explain.hpp"

namespace keraunos {

/// What copies of an Architecture share.
struct LoadedArchitecture {
  keras::ImportedModel imported;
  std::vector<TensorInfo> inputs;
  std::vector<TensorInfo> outputs;

  Subject subject() const {
    return {imported.name, imported.graph, imported.layers, inputs, outputs, imported.limits};
  }
};

namespace {

Subject subject_of(const LoadedModel& model) {
  return {model.name, model.source, model.layers, model.inputs, model.outputs, model.limits};
}

}  // namespace

Summary Model::summary(const std::vector<Dims>& sizes) const {
  return summarise(subject_of(*loaded_), sizes);
}

Explanation Model::explain(const std::vector<Dims>& sizes) const {
  return explain_subject(subject_of(*loaded_), sizes);
}

Architecture Architecture::load(const std::string& path, const std::string& weights) {
  LoadOptions options;
  options.weights = weights;
  return load(path, options);
}

Architecture Architecture::load(const std::string& path, const LoadOptions& options) {
  return within([&] { return path; },
                [&] {
                  auto loaded = std::make_shared<LoadedArchitecture>();
                  loaded->imported = keras::import_architecture(
                      keras::open_archive(path, options.weights, options.limits), options);
                  loaded->inputs = describe_inputs(loaded->imported.graph);
                  loaded->outputs =
                      describe_outputs(loaded->imported.graph, loaded->imported.output_names);
                  return Architecture(std::move(loaded));
                });
}

const std::string& Architecture::name() const { return loaded_->imported.name; }
const std::vector<TensorInfo>& Architecture::inputs() const { return loaded_->inputs; }
const std::vector<TensorInfo>& Architecture::outputs() const { return loaded_->outputs; }

Summary Architecture::summary(const std::vector<Dims>& sizes) const {
  return summarise(loaded_->subject(), sizes);
}

Explanation Architecture::explain(const std::vector<Dims>& sizes) const {
  return explain_subject(loaded_->subject(), sizes);
}

}  // namespace keraunos
