#include "runtime/keras/json_model.hpp"

#include <algorithm>

#include "runtime/base/fail.hpp"
#include "runtime/keras/config_text.hpp"
#include "runtime/keras/legacy_config.hpp"

namespace keraunos::keras {
namespace {

using file::Json;

// Editors on Windows begin a file with the byte order mark.
std::string_view without_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

struct Topology {
  Json config;
  std::string no_weights;  // where its weights are
};

// {"format": "layers-model", "modelTopology": ..., "weightsManifest": ...}: Keras's config, as the
// converter found it in an .h5 file or as TensorFlow.js writes it itself.
Topology tensorflow_js_topology(const Json& file) {
  Json topology = file.at("modelTopology");
  if (!topology.is_object() || topology.contains("node")) {
    fail(ErrorCode::unsupported,
         "this is a graph model of TensorFlow.js, in which Keras's layers are gone: take the Keras "
         "model that it was converted from");
  }
  if (const auto config = topology.find("model_config")) topology = *config;
  return {topology,
          "the weights of a TensorFlow.js model lie in files of its own (group1-shard1of1.bin), "
          "which are not read: convert it with 'tensorflowjs_converter --input_format "
          "tfjs_layers_model --output_format keras model.json model.h5', or export it for Keras"};
}

Topology topology_of(const Json& file) {
  if (file.contains("weight_map")) {
    fail(ErrorCode::unsupported,
         "this is the index of a model's weights: load the model's JSON, and this as its weights");
  }
  if (file.contains("modelTopology")) return tensorflow_js_topology(file);
  if (!file.contains("class_name")) {
    fail(ErrorCode::unsupported,
         "this JSON is no model of Keras, which has the keys class_name and config: {}",
         file.dump(100));
  }
  return {file, "the model is JSON, which has no weights: load it together with them"};
}

// TensorFlow.js calls itself "tfjs-layers 1.3.1" here; its configs are those of Keras 2.
KerasVersion version_of(const Json& config, const Json& file) {
  const auto written = config.find("keras_version");
  if (written && written->is_string()) {
    KerasVersion version = parse_version(written->as_string());
    if (version.major > 0) return version;
  }
  if (file.contains("modelTopology")) return {2, 0, "2"};
  return config.contains("module") ? KerasVersion{3, 0, "3"} : KerasVersion{1, 0, "1"};
}

}  // namespace

bool is_json(std::string_view text) {
  text = without_mark(text);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text.starts_with('{') || text.starts_with("\"{");
}

Archive open_json_model(std::string_view text, const LoadBudget& budget) {
  Json file = parse_config_text(without_mark(text), budget);
  if (file.is_string()) file = parse_config_text(file.as_string(), budget);
  auto [config, where_weights_are] = topology_of(file);
  KerasVersion version = version_of(config, file);
  const Json modern = version.major < 3 ? modern_config(config, version) : config;
  return {std::move(version), modern, no_weights(std::move(where_weights_are)), no_assets,
          "the model's JSON"};
}

}  // namespace keraunos::keras
