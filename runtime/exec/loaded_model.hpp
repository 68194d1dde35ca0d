#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "keraunos/model.hpp"
#include "keraunos/options.hpp"
#include "runtime/graph/graph.hpp"
#include "runtime/keras/import.hpp"
#include "runtime/plan/device_weights.hpp"

namespace keraunos {

/// What Model and Session share.
struct LoadedModel {
  std::string path;
  std::string name;
  Graph graph;   // after all passes
  Graph source;  // before them: what the records of the layers speak of
  std::vector<keras::LayerRecord> layers;
  std::vector<TensorInfo> inputs;
  std::vector<TensorInfo> outputs;
  LoadLimits limits;

  /// The graph as a GPU runs it in this precision on inputs that arrive in these dtypes, which it
  /// casts itself. Valid for as long as the model.
  const Graph& graph_for_gpu(Precision precision, const std::vector<DType>& arriving) const;

  /// The weights on `backend`, one set for all sessions.
  DeviceWeights& weights_on(Backend& backend) const;

 private:
  mutable std::mutex mutex_;
  mutable std::map<Backend*, std::unique_ptr<DeviceWeights>> weights_;
  mutable std::map<std::pair<Precision, std::vector<DType>>, Graph> for_gpu_;
};

std::vector<TensorInfo> describe_inputs(const Graph& graph);
std::vector<TensorInfo> describe_outputs(const Graph& graph, const std::vector<std::string>& names);

std::shared_ptr<const LoadedModel> load_model(const std::string& path, const LoadOptions& options);

}  // namespace keraunos
