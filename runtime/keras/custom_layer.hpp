#pragma once

#include <optional>
#include <string_view>

#include "runtime/keras/layer.hpp"

namespace keraunos::keras {

/// The importer of layers that the application registered (register_custom_layer), or null where
/// there is none for this class.
const LayerClass* find_custom_layer(std::string_view class_name);
/// The same for a layer that was registered by its name (register_custom_layer_by_name).
const LayerClass* find_custom_layer_named(std::string_view layer_name);

/// Applies the activation that the application registered under `name`; nothing where it did not.
std::optional<ValueId> emit_custom_activation(LayerCall& call, std::string_view name,
                                              ValueId value);

}  // namespace keraunos::keras
