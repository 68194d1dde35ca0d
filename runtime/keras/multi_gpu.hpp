#pragma once

#include "runtime/keras/model_config.hpp"

namespace keraunos::keras {

/// Undoes keras.utils.multi_gpu_model (Keras 2.0.9 to 2.3), which wraps a model into a Lambda per
/// GPU that cuts a part out of the batch, a call of the model on each part, and a Concatenate of
/// the parts of each output. The model is then called once, on the whole batch. Other models are
/// left as they are.
void unwrap_multi_gpu(ModelConfig& model);

}  // namespace keraunos::keras
