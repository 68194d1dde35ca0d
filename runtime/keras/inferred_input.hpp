#pragma once

#include "runtime/keras/archive.hpp"
#include "runtime/keras/layer_record.hpp"
#include "runtime/keras/model_config.hpp"

namespace keraunos::keras {

/// The input of a Sequential model whose config tells nothing of it, as in an `.h5` file of a model
/// that was only ever called: of the smallest rank at which the most layers take what comes to
/// them, with the sizes that the stored weights leave no choice about; other sizes stay open.
/// `told` is the shape that the application told, batch included, or empty; its open sizes are
/// found as well. `other_ranks` are those at which as many layers run. Throws Error(unsupported)
/// where nothing was told and no weight is stored.
struct InferredInput {
  LayerEntry entry;
  RecordedSizes sizes;
  std::vector<std::size_t> other_ranks;
};
InferredInput inferred_input(const Archive& archive, const ModelConfig& model,
                             const RecordedSizes& told);

}  // namespace keraunos::keras
