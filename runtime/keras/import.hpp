#pragma once

#include <string>
#include <vector>

#include "keraunos/model.hpp"
#include "runtime/graph/graph.hpp"
#include "runtime/keras/archive.hpp"
#include "runtime/keras/layer_record.hpp"

namespace keraunos::keras {

/// A Keras model as a graph.
struct ImportedModel {
  std::string name;
  Graph graph;
  std::vector<std::string> output_names;  // the layers that make the outputs
  std::size_t own_outputs = 0;            // the others were asked for
  std::vector<LayerRecord> layers;
  LoadLimits limits;
};

/// Turns the model of a `.keras` file into ops. Everything that the config or the weights say and
/// that Keraunos does not understand is an Error naming the layer. The graph's weights keep the
/// file mapped.
ImportedModel import_model(const Archive& archive, const LoadOptions& options = {});

/// The same for shapes alone: no number of a weight is read, weights may be missing, and what fails
/// is a problem of its layer. The graph cannot run. Outputs of which nothing is known are left out.
ImportedModel import_architecture(const Archive& archive, const LoadOptions& options = {});

}  // namespace keraunos::keras
