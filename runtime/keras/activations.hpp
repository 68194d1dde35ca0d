#pragma once

#include <string_view>

#include "runtime/keras/layer.hpp"

namespace keraunos::keras {

/// Applies `relu`, whose parameters may be any. Integers stay what they are where Keras keeps them.
ValueId emit_relu(LayerCall& call, const Unary& relu, ValueId value);

/// Applies the function that keras.activations knows by `name` ("relu", "softmax", ...). Throws
/// Error(unsupported) naming it where there is no such op.
ValueId emit_activation(LayerCall& call, std::string_view name, ValueId value);

}  // namespace keraunos::keras
