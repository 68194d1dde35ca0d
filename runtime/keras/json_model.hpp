#pragma once

#include <string_view>

#include "runtime/keras/archive.hpp"

namespace keraunos::keras {

/// True for a text that begins as JSON which may describe a model: an object, or a string.
bool is_json(std::string_view text);

/// A model without weights: Keras's to_json(), the same written once more as a JSON string (what
/// json.dump makes of it), or the topology in the model.json of TensorFlow.js.
Archive open_json_model(std::string_view text, const LoadBudget& budget);

}  // namespace keraunos::keras
