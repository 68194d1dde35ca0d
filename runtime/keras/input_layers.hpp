#pragma once

#include <string>
#include <vector>

#include "runtime/keras/layer.hpp"
#include "runtime/keras/model_config.hpp"
#include "runtime/keras/prepared_model.hpp"

namespace keraunos::keras {

/// "layer 'image' (InputLayer)".
std::string describe(const LayerEntry& entry);

/// Which entry is the input layer that the model's input `reference` names.
std::size_t input_index(const PreparedModel& prepared, const TensorReference& reference);

/// An input of the graph, as the outermost model's layer `entry` declares it.
ValueId add_input(Graph& graph, const LayerEntry& entry, bool only_input);

/// What Keras does to the arguments of a nested model: cast to the input's dtype, and add or drop a
/// last axis of one. The mask stays.
ValueId adapt_to_input(Environment& environment, const LayerEntry& entry, ValueId value);

/// Tensors that a model is called on, and the dict keys they came under (or empty).
struct ModelArguments {
  std::vector<ValueId> values;
  std::vector<std::string> keys;
};

/// The tensors of a call of a nested model. Masks that the call passes become theirs.
ModelArguments take_arguments(Environment& environment, const CallArguments& arguments);

}  // namespace keraunos::keras
