#pragma once

#include <array>

#include "runtime/keras/operations/building.hpp"
#include "runtime/keras/operations/operands.hpp"

// The operations on Keras tensors (keras.ops) of each family, as its file lists them.

namespace keraunos::keras {

extern const std::span<const LayerClass> elementwise_operations;
extern const std::span<const LayerClass> arithmetic_operations;
extern const std::span<const LayerClass> bit_operations;
extern const std::span<const LayerClass> comparison_operations;
extern const std::span<const LayerClass> activation_operations;
extern const std::span<const LayerClass> reduction_operations;
extern const std::span<const LayerClass> statistics_operations;
extern const std::span<const LayerClass> ordering_operations;
extern const std::span<const LayerClass> shape_operations;
extern const std::span<const LayerClass> joining_operations;
extern const std::span<const LayerClass> indexing_operations;
extern const std::span<const LayerClass> slicing_operations;
extern const std::span<const LayerClass> size_operations;
extern const std::span<const LayerClass> matrix_operations;
extern const std::span<const LayerClass> linear_algebra_operations;
extern const std::span<const LayerClass> small_matrix_operations;
extern const std::span<const LayerClass> neural_operations;
extern const std::span<const LayerClass> loss_operations;
extern const std::span<const LayerClass> window_operations;
extern const std::span<const LayerClass> image_operations;
extern const std::span<const LayerClass> patch_operations;
extern const std::span<const LayerClass> filter_operations;
extern const std::span<const LayerClass> transform_operations;
extern const std::span<const LayerClass> spectrum_operations;
extern const std::span<const LayerClass> scattering_operations;
extern const std::span<const LayerClass> creation_operations;
extern const std::span<const LayerClass> space_operations;

}  // namespace keraunos::keras
