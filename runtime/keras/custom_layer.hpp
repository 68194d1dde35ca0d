#pragma once

#include <string_view>

#include "runtime/keras/layer.hpp"

namespace keraunos::keras {

/// The importer of layers that the application registered (register_custom_layer), or null where
/// there is none for this class.
const LayerClass* find_custom_layer(std::string_view class_name);

}  // namespace keraunos::keras
