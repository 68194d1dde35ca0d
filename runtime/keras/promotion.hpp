#pragma once

#include "keraunos/dtype.hpp"

namespace keraunos::keras {

/// The dtype that Keras computes in where tensors of two dtypes meet: the smallest one that holds
/// both, floats before integers before bool. Importers see every float as float32.
DType promoted(DType a, DType b);

}  // namespace keraunos::keras
