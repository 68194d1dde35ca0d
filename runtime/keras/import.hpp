#pragma once

#include <optional>
#include <string>
#include <vector>

#include "keraunos/error.hpp"
#include "keraunos/model.hpp"
#include "runtime/graph/graph.hpp"
#include "runtime/keras/archive.hpp"

namespace keraunos::keras {

/// What stands for a value of which nothing is known.
inline constexpr ValueId unknown_value = ~ValueId{0};

/// A layer as the file lists it, and what its first call did: for summaries and explanations.
struct LayerRecord {
  std::string name;
  std::string class_name;
  std::string path;                       // with the names of enclosing models: "encoder/dense"
  std::vector<LayerRecord> layers;        // of a nested model
  std::vector<std::string> connected_to;  // layers whose results it takes
  std::int64_t trainable_parameters = 0;
  std::int64_t non_trainable_parameters = 0;

  bool called = false;
  bool listed = true;  // Keras's table leaves out the input layer of a Sequential model
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  NodeId first_node = 0;  // what the call emitted: [first_node, end_node) of the imported graph
  NodeId end_node = 0;
  bool input_masked = false;
  bool output_masked = false;
  std::optional<std::int64_t> recorded_batch;  // of an input layer
  std::vector<MisfitWeight> misfits;
  std::optional<Error> problem;  // why its results are unknown
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

/// The same for shapes alone: no number of a weight is read, weights may be missing, and what fails
/// is a problem of its layer. The graph cannot run. Outputs of which nothing is known are left out.
ImportedModel import_architecture(const Archive& archive);

}  // namespace keraunos::keras
