#pragma once

#include "runtime/keras/layer.hpp"

// Reading images at places that are computed: float32 numbers of cells, 0 for the first one.

namespace keraunos::keras {

/// A side of an image as a scalar of `dtype`, open sizes too.
ValueId size_number(LayerCall& call, const Dim& size, DType dtype);

/// The nearest whole number; halves go away from 0.
ValueId rounded_away(LayerCall& call, ValueId value);

/// The cells of `images`, (batch, height, width, channels), at rows and columns of the images of
/// these numbers, all whole; rows and columns outside are those at the border. The three broadcast
/// to (any...), and the result is (any..., channels) in the dtype of the images. A number of no
/// image is an error at run time.
ValueId cells_at(LayerCall& call, ValueId images, ValueId image, ValueId row, ValueId column);

/// True where whole numbers are within 0 ... size-1.
ValueId within_side(LayerCall& call, ValueId place, const Dim& size);

}  // namespace keraunos::keras
