#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/keras/import.hpp"
#include "runtime/keras/input_layers.hpp"
#include "runtime/keras/layer.hpp"
#include "runtime/keras/model_config.hpp"
#include "runtime/keras/prepared_model.hpp"

namespace keraunos::keras {

/// What one execution of a model gives back.
struct ModelResult {
  std::vector<ValueId> outputs;
  std::vector<std::string> output_names;
  std::vector<LayerRecord> layers;
};

/// Executes models on the tensors of a graph, layer by layer, as Keras does when it builds a
/// Functional or Sequential model. Nested models are executed inline.
class ModelRunner {
 public:
  /// Sets `environment.run_model`, so that layers can run models that they wrap. `wanted` are the
  /// layers that the model to be run was cut down to, or empty.
  explicit ModelRunner(Environment& environment, std::vector<std::string> wanted = {});
  ModelRunner(const ModelRunner&) = delete;
  ModelRunner& operator=(const ModelRunner&) = delete;

  /// The outermost model, on inputs of its own.
  ModelResult run(const ModelConfig& model);

 private:
  using Values = std::vector<ValueId>;

  // The layers of one model being executed on concrete values.
  struct Scope {
    PreparedModel& prepared;
    const ModelConfig& model;
    std::vector<std::string> names;  // of this model and those around it, the outermost left out
    std::map<std::pair<std::size_t, std::int64_t>, Values> made;  // (entry, node)
    std::vector<LayerRecord> records;                             // one per entry
  };

  ModelResult execute(PreparedModel& prepared, std::vector<std::string> names,
                      const ModelArguments& arguments);
  std::vector<LayerRecord> blank_records(const Scope& scope) const;
  ModelResult execute_sequential(Scope& scope, const ModelArguments& arguments);
  ModelResult execute_functional(Scope& scope, const ModelArguments& arguments);
  void bind_inputs(Scope& scope, const ModelArguments& arguments);
  Values call_layer(Scope& scope, std::size_t index, CallArguments arguments);
  Values run_entry(const LayerEntry& entry, const LayerIdentity& identity, CallArguments arguments,
                   LayerRecord& record);
  Values try_entry(const LayerEntry& entry, const LayerIdentity& identity, CallArguments arguments,
                   LayerRecord& record);
  ModelResult call_model(const LayerIdentity& identity, const file::Json& config,
                         const CallArguments& arguments, const LayerEntry* entry);
  std::vector<std::string> wanted_inside(const std::string& model) const;
  void take_formulas();
  bool make_known(const LayerEntry& entry, CallArguments& arguments);
  LayerIdentity identity_of(const Scope& scope, const LayerEntry& entry);
  ValueId value_of(const Scope& scope, const TensorReference& reference) const;

  // What a refusal says of the layer that could not run.
  struct Failure {
    std::string layer;                // the innermost that stands in a model
    std::vector<std::string> before;  // the nearest layers before it, whose results are there
  };
  void note_failure(const Scope& scope, std::size_t index, const std::string& layer);
  std::string ways_out(const std::string& message) const;

  Environment& environment_;
  std::vector<std::string> wanted_;
  Failure failure_;
  std::size_t calls_ = 0;
  NodeId counted_nodes_ = 0;  // whose formulas were taken from the budget
  std::unique_ptr<PreparedModel> outermost_;
  std::map<const LayerEntry*, std::unique_ptr<PreparedModel>> nested_;
  std::set<std::string> subclasses_;  // of models, that a warning has named
};

}  // namespace keraunos::keras
