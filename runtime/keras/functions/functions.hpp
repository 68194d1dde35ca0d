#pragma once

#include <array>
#include <span>
#include <string_view>

#include "runtime/keras/functions/parameters.hpp"
#include "runtime/keras/operations/building.hpp"
#include "runtime/keras/operations/operands.hpp"

// TensorFlow functions that no operation of Keras 3 does. Their importers take the parameters that
// TensorFlow has, by TensorFlow's names; each family stands in a file of its own.

namespace keraunos::keras {

extern const std::span<const LayerClass> tf_window_functions;
extern const std::span<const LayerClass> tf_image_functions;
extern const std::span<const LayerClass> tf_color_functions;
extern const std::span<const LayerClass> tf_crop_functions;
extern const std::span<const LayerClass> tf_similarity_functions;
extern const std::span<const LayerClass> tf_resize_functions;
extern const std::span<const LayerClass> tf_elementwise_functions;
extern const std::span<const LayerClass> tf_axis_functions;
extern const std::span<const LayerClass> tf_indexing_functions;
extern const std::span<const LayerClass> tf_block_functions;
extern const std::span<const LayerClass> tf_matrix_functions;
extern const std::span<const LayerClass> tf_signal_functions;

/// The importer of a function by its symbol, "image.rot90"; the symbols of TensorFlow 1 that still
/// stand under compat.v1 count as those without it. Null where there is none.
const LayerClass* find_tf_function(std::string_view symbol);

/// Why a function is refused, where that is known; otherwise empty.
std::string_view why_tf_function_is_refused(std::string_view symbol);

}  // namespace keraunos::keras
