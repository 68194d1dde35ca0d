#pragma once

#include "runtime/file/json.hpp"
#include "runtime/keras/archive.hpp"

namespace keraunos::keras {

/// A model's config ({"class_name": ..., "config": ...}) of Keras 1, of Keras 2, or of an HDF5 file
/// of any version, rewritten as Keras 3 would have put it into a .keras file: modules, class names,
/// keys, calls, operations. What has no counterpart keeps its name and is refused by that name,
/// when it is called.
file::Json modern_config(const file::Json& model, const KerasVersion& version);
/// The same for one layer, in the words of Keras 2.
file::Json modern_layer(const file::Json& layer);

}  // namespace keraunos::keras
