#pragma once

#include <vector>

#include "keraunos/model.hpp"
#include "runtime/file/json.hpp"

namespace keraunos::keras {

/// `model`, a config in the form of Keras 3, with layers put in the place of others. Throws Error:
/// invalid_argument where there is no such layer, or where what should take its place is not one
/// {"class_name": ..., "config": {...}}; unsupported where its class is not known.
file::Json replace_layers(const file::Json& model,
                          const std::vector<LayerReplacement>& replacements);

}  // namespace keraunos::keras
