#pragma once

#include <string>
#include <vector>

#include "runtime/keras/model_config.hpp"

namespace keraunos::keras {

/// What becomes of inputs that nothing needs any more.
enum class UnneededInputs { removed, kept };

/// Cuts `model` down to what the layers `wanted` need, by Keras's names ("dense", "encoder/dense");
/// of a layer that is called several times, its first call. The model has no outputs then: the
/// wanted layers' results are to be taken as they are made. Throws Error(invalid_argument) where
/// there is no such layer.
void keep_only(ModelConfig& model, const std::vector<std::string>& wanted, UnneededInputs inputs);

}  // namespace keraunos::keras
