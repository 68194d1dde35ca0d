#pragma once

#include <optional>

#include "runtime/keras/model_config.hpp"

namespace keraunos::keras {

/// The input of a Sequential model that lists no InputLayer, from what else tells its shape: the
/// first layer's batch_input_shape (batch_shape), the input of a model that comes first, or the
/// build_input_shape of a model that was built later. Nothing where none does.
std::optional<LayerEntry> sequential_input(const file::Json& config);

}  // namespace keraunos::keras
