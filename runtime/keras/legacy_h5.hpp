#pragma once

#include <memory>

#include "runtime/file/hdf5.hpp"
#include "runtime/keras/archive.hpp"

namespace keraunos::keras {

/// A whole model in one HDF5 file, as Keras 1 and 2 save it and Keras 3 still can.
Archive open_legacy_h5(const file::H5File& file, const LoadBudget& budget);

/// The weights in an HDF5 file of any form, for a model of this config (see modern_config()):
/// `model.weights.h5` of Keras 3, weights only of Keras 1 and 2, or a whole model's.
std::unique_ptr<WeightSource> open_h5_weights(const file::H5File& file, const file::Json& config);

}  // namespace keraunos::keras
