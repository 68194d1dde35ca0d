#pragma once

#include <string_view>

#include "runtime/keras/layer.hpp"

namespace keraunos::keras {

/// Applies the function that keras.activations knows by `name` ("relu", "softmax", ...). Throws
/// Error(unsupported) naming it where there is no such op.
ValueId emit_activation(LayerCall& call, std::string_view name, ValueId value);

}  // namespace keraunos::keras
