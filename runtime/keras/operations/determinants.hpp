#pragma once

#include "runtime/keras/layer.hpp"

// Of square matrices of up to four rows, which are the last two axes: by cofactors, in float32.

namespace keraunos::keras {

/// The determinants, without the last two axes. Throws Error(unsupported) for larger matrices.
ValueId determinant(LayerCall& call, ValueId matrices);

/// The inverse matrices; of a matrix without one, what dividing by 0 gives. Throws as above.
ValueId inverse(LayerCall& call, ValueId matrices);

}  // namespace keraunos::keras
