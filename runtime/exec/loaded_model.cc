#include "runtime/exec/loaded_model.hpp"

#include "runtime/base/fail.hpp"
#include "runtime/passes/passes.hpp"

namespace keraunos {
namespace {

TensorInfo describe(const std::string& name, const TensorType& type) {
  TensorInfo info{.name = name, .dtype = type.dtype, .axes = {}};
  for (const Dim& dim : type.shape) info.axes.push_back({dim.constant(), dim.to_string()});
  return info;
}

}  // namespace

const Graph& LoadedModel::graph_for_gpu(Precision precision,
                                        const std::vector<DType>& arriving) const {
  const std::lock_guard lock(mutex_);
  const auto [entry, is_new] = for_gpu_.try_emplace({precision, arriving});
  Graph& made = entry->second;
  if (!is_new) return made;
  made = graph;
  optimise_for_gpu(made);
  if (precision == Precision::float16) made = autocast(std::move(made), DType::float16);
  if (precision == Precision::bfloat16) made = autocast(std::move(made), DType::bfloat16);
  cast_inputs(made, arriving);
  fuse_chains(made);
  return made;
}

std::vector<TensorInfo> describe_inputs(const Graph& graph) {
  std::vector<TensorInfo> inputs;
  for (std::size_t i = 0; i + graph.state_count() < graph.inputs().size(); ++i) {
    inputs.push_back(describe(graph.input_names()[i], graph.type(graph.inputs()[i])));
  }
  return inputs;
}

std::vector<TensorInfo> describe_outputs(const Graph& graph,
                                         const std::vector<std::string>& names) {
  std::vector<TensorInfo> outputs;
  for (std::size_t i = 0; i + graph.state_count() < graph.outputs().size(); ++i) {
    outputs.push_back(describe(names[i], graph.type(graph.outputs()[i])));
  }
  return outputs;
}

DeviceWeights& LoadedModel::weights_on(Backend& backend) const {
  const std::lock_guard lock(mutex_);
  auto& weights = weights_[&backend];
  if (!weights) weights = std::make_unique<DeviceWeights>(backend);
  return *weights;
}

std::shared_ptr<const LoadedModel> load_model(const std::string& path, const LoadOptions& options) {
  return within([&] { return path; },
                [&] {
                  keras::ImportedModel imported = keras::import_model(
                      keras::open_archive(path, options.weights, options.limits), options);
                  auto model = std::make_shared<LoadedModel>();
                  model->path = path;
                  model->name = std::move(imported.name);
                  model->layers = std::move(imported.layers);
                  model->limits = imported.limits;
                  model->graph = std::move(imported.graph);
                  const Graph& graph = model->graph;
                  model->inputs = describe_inputs(graph);
                  model->outputs = describe_outputs(graph, imported.output_names);
                  for (std::size_t i = imported.own_outputs; i < model->outputs.size(); ++i) {
                    model->outputs[i].intermediate = true;
                  }
                  model->source = model->graph;
                  optimise(model->graph);
                  return std::shared_ptr<const LoadedModel>(std::move(model));
                });
}

}  // namespace keraunos
