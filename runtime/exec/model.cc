#include "keraunos/model.hpp"

#include "runtime/base/fail.hpp"
#include "runtime/exec/bind.hpp"
#include "runtime/exec/loaded_model.hpp"

namespace keraunos {

Model Model::load(const std::string& path, const LoadOptions& options) {
  return Model(load_model(path, options));
}

const std::string& Model::name() const { return loaded_->name; }
const std::string& Model::path() const { return loaded_->path; }
const std::vector<TensorInfo>& Model::inputs() const { return loaded_->inputs; }
const std::vector<TensorInfo>& Model::outputs() const { return loaded_->outputs; }

Summary Model::summary() const {
  Summary summary;
  summary.model_name = loaded_->name;
  for (const keras::LayerRecord& record : loaded_->layers) {
    LayerSummary layer{.name = record.name,
                       .class_name = record.class_name,
                       .output_shapes = {},
                       .formulas = {},
                       .parameters = record.trainable_parameters + record.non_trainable_parameters,
                       .connected_to = record.connected_to};
    for (const Shape& shape : record.output_shapes) {
      layer.output_shapes.push_back(to_keras_string(shape));
      layer.formulas.push_back(to_string(shape));
    }
    summary.trainable_parameters += record.trainable_parameters;
    summary.non_trainable_parameters += record.non_trainable_parameters;
    summary.layers.push_back(std::move(layer));
  }
  return summary;
}

std::vector<std::vector<Dims>> Model::fitting_sizes(const std::vector<Dims>& wanted,
                                                    std::size_t count) const {
  if (wanted.size() != loaded_->inputs.size()) {
    fail(ErrorCode::invalid_argument, "{} inputs given, the model '{}' takes {}", wanted.size(),
         loaded_->name, loaded_->inputs.size());
  }
  return fitting_inputs(*loaded_, wanted, count);
}

}  // namespace keraunos
