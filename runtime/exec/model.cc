#include "keraunos/model.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/exec/bind.hpp"
#include "runtime/exec/loaded_model.hpp"
#include "runtime/keras/layer.hpp"
#include "runtime/keras/package_layers.hpp"

namespace keraunos {

namespace {

std::vector<std::string> names_of(std::span<const keras::LayerClass> classes) {
  std::vector<std::string> names;
  for (const keras::LayerClass& entry : classes) names.emplace_back(entry.name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::vector<std::string> supported_layers() {
  std::vector<std::string> names = names_of(keras::layer_classes());
  for (const keras::PackageClass& entry : keras::package_classes()) {
    names.push_back(fmt::format("{}.{}", entry.module, entry.layer.name));
  }
  return names;
}
std::vector<std::string> supported_operations() { return names_of(keras::operation_classes()); }

Model Model::load(const std::string& path, const LoadOptions& options) {
  return Model(load_model(path, options));
}

const std::string& Model::name() const { return loaded_->name; }
const std::string& Model::path() const { return loaded_->path; }
const std::vector<TensorInfo>& Model::inputs() const { return loaded_->inputs; }
const std::vector<TensorInfo>& Model::outputs() const { return loaded_->outputs; }

std::vector<std::vector<Dims>> Model::fitting_sizes(const std::vector<Dims>& wanted,
                                                    std::size_t count) const {
  if (wanted.size() != loaded_->inputs.size()) {
    fail(ErrorCode::invalid_argument, "{} inputs given, the model '{}' takes {}", wanted.size(),
         loaded_->name, loaded_->inputs.size());
  }
  const Graph& graph = loaded_->graph;
  std::vector<Dims> adapted;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    adapted.push_back(
        adapt_rank(wanted[i], graph.shape(graph.inputs()[i]), graph.input_names()[i]));
  }
  return fitting_inputs(graph, bind_symbols(graph, adapted), count);
}

}  // namespace keraunos
