#pragma once

#include "runtime/keras/functions/functions.hpp"

namespace keraunos::keras {

/// tf.image's images: (batch, height, width, channels), or one of them without the batch.
struct TfImages {
  DType dtype;
  ValueId value;  // always with a batch, in its own dtype
  bool batched;

  explicit TfImages(LayerCall& call);

  const Shape& shape(const LayerCall& call) const { return call.shape(value); }
  /// A result in the form that the images came in.
  std::vector<ValueId> result(LayerCall& call, ValueId output) const;
};

/// tf.image.convert_image_dtype: floats are in [0, 1], integers use all of their range.
ValueId converted_image(LayerCall& call, ValueId value, DType from, DType to, bool saturate);

/// Cells around images, or fewer where a number is negative: heights, then widths.
ValueId with_borders(LayerCall& call, ValueId value, const PadAmounts& rows,
                     const PadAmounts& columns);

}  // namespace keraunos::keras
