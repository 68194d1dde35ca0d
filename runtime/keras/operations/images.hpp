#pragma once

#include "runtime/keras/operations/operands.hpp"

namespace keraunos::keras {

/// What an operation of keras.ops.image is called on: images as (batch, height, width, channels).
struct Images {
  DType dtype;
  ValueId value;  // in its own dtype
  bool batched;

  /// The argument `name` of rank 4, or 3 for a single image; throws for any other rank.
  explicit Images(LayerCall& call, std::string_view name = "images", std::size_t position = 0);

  /// `output` in the form that the images came in: its first axis and where its channels are.
  std::vector<ValueId> result(LayerCall& call, ValueId output) const;
};

}  // namespace keraunos::keras
