#pragma once

#include <array>

#include "runtime/keras/layer.hpp"

// The classes of each family, as its file lists them.

namespace keraunos::keras {

extern const std::span<const LayerClass> core_layers;
extern const std::span<const LayerClass> einsum_layers;
extern const std::span<const LayerClass> embedding_layers;
extern const std::span<const LayerClass> attention_layers;
extern const std::span<const LayerClass> multi_head_attention_layers;
extern const std::span<const LayerClass> convolution_layers;
extern const std::span<const LayerClass> transposed_convolution_layers;
extern const std::span<const LayerClass> locally_connected_layers;
extern const std::span<const LayerClass> pooling_layers;
extern const std::span<const LayerClass> normalization_layers;
extern const std::span<const LayerClass> activation_layers;
extern const std::span<const LayerClass> reshaping_layers;
extern const std::span<const LayerClass> padding_layers;
extern const std::span<const LayerClass> upsampling_layers;
extern const std::span<const LayerClass> merging_layers;
extern const std::span<const LayerClass> joining_layers;
extern const std::span<const LayerClass> regularization_layers;
extern const std::span<const LayerClass> feature_layers;
extern const std::span<const LayerClass> hashing_layers;
extern const std::span<const LayerClass> image_preprocessing_layers;
extern const std::span<const LayerClass> lambda_layers;
extern const std::span<const LayerClass> lookup_layers;
extern const std::span<const LayerClass> gating_layers;
extern const std::span<const LayerClass> masking_layers;
extern const std::span<const LayerClass> numerical_preprocessing_layers;
extern const std::span<const LayerClass> recurrent_layers;
extern const std::span<const LayerClass> spectrogram_layers;
extern const std::span<const LayerClass> wrapper_layers;

}  // namespace keraunos::keras
