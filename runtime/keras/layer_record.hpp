#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "keraunos/error.hpp"
#include "runtime/graph/graph.hpp"
#include "runtime/keras/model_config.hpp"
#include "runtime/keras/weights.hpp"

namespace keraunos::keras {

/// What stands for a value of which nothing is known.
inline constexpr ValueId unknown_value = ~ValueId{0};

/// A layer as the file lists it, and what its first call did: for summaries and explanations.
struct LayerRecord {
  std::string name;
  std::string class_name;
  std::string shown_class;                // in tables
  std::string path;                       // with the names of enclosing models: "encoder/dense"
  std::vector<LayerRecord> layers;        // of a nested model
  std::vector<std::string> connected_to;  // layers whose results it takes
  std::int64_t trainable_parameters = 0;
  std::int64_t non_trainable_parameters = 0;

  bool called = false;
  bool listed = true;  // tables leave out a Sequential model's input layer, and parts of a layer
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  NodeId first_node = 0;  // what the call emitted: [first_node, end_node) of the imported graph
  NodeId end_node = 0;
  bool input_masked = false;
  bool output_masked = false;
  std::optional<std::int64_t> recorded_batch;  // of an input layer
  std::vector<MisfitWeight> misfits;
  std::vector<std::string> warnings;
  std::optional<Error> problem;  // why its results are unknown
};

/// Notes what an input layer gives; `node` is the number of nodes that the graph has so far.
void record_input(const LayerEntry& entry, ValueId value, NodeId node, LayerRecord& record);

/// Notes the layers of a nested model, and counts their parameters as the model's.
void take_layers(std::vector<LayerRecord> layers, LayerRecord& record);

/// Sizes as files write them, nothing standing for None.
using RecordedSizes = std::vector<std::optional<std::int64_t>>;

/// The sizes of input `i` that Keras recorded when it built the layer, where the file has them.
std::optional<RecordedSizes> recorded_sizes(const LayerEntry& entry, std::size_t i);

}  // namespace keraunos::keras
