#pragma once

#include <string>
#include <vector>

#include "keraunos/model.hpp"
#include "runtime/graph/graph.hpp"
#include "runtime/keras/archive.hpp"

namespace keraunos::keras {

/// A layer as the file lists it, for summaries; a nested model is one layer.
struct LayerRecord {
  std::string name;
  std::string class_name;
  std::vector<Shape> output_shapes;       // of its first call
  std::vector<std::string> connected_to;  // layers whose results it takes
  std::int64_t trainable_parameters = 0;
  std::int64_t non_trainable_parameters = 0;
};

/// A Keras model as a graph.
struct ImportedModel {
  std::string name;
  Graph graph;
  std::vector<std::string> output_names;  // the layers that make the outputs
  std::size_t own_outputs = 0;            // the others were asked for
  std::vector<LayerRecord> layers;
};

/// Turns the model of a `.keras` file into ops. Everything that the config or the weights say and
/// that Keraunos does not understand is an Error naming the layer. The graph's weights keep the
/// file mapped.
ImportedModel import_model(const Archive& archive, const LoadOptions& options = {});

}  // namespace keraunos::keras
