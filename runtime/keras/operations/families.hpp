#pragma once

#include <array>

#include "runtime/keras/layer.hpp"

// The operations on Keras tensors (keras.ops) of each family, as its file lists them.

namespace keraunos::keras {

extern const std::span<const LayerClass> elementwise_operations;

}  // namespace keraunos::keras
