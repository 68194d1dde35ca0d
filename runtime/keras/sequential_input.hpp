#pragma once

#include <optional>
#include <string>

#include "runtime/keras/layer_record.hpp"
#include "runtime/keras/model_config.hpp"

// The input of a Sequential model that lists no InputLayer.

namespace keraunos::keras {

/// An InputLayer in front of the layer `behind`, named after it as Keras does.
LayerEntry make_input(const std::string& behind, const RecordedSizes& sizes,
                      const std::string& dtype);

/// The dtype of what comes to a layer, as its config tells.
std::string input_dtype(const file::Json& layer);

/// From what else in the config tells its shape: the first layer's batch_input_shape (batch_shape),
/// the input of a model that comes first, or the build_input_shape of a model that was built later.
/// Nothing where none does.
std::optional<LayerEntry> recorded_input(const file::Json& config);

}  // namespace keraunos::keras
