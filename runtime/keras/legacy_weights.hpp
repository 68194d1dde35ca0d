#pragma once

#include <memory>
#include <string>

#include "runtime/file/hdf5.hpp"
#include "runtime/file/json.hpp"
#include "runtime/keras/legacy_layouts.hpp"
#include "runtime/keras/weights.hpp"

namespace keraunos::keras {

/// The weights in `group`: a group per layer of the model, with all variables of a nested model in
/// one. They are told apart by their names, and where these do not fit the layers, by their order.
/// `config` is the model's, as modern_config() gives it.
std::unique_ptr<WeightSource> open_legacy_weights(const file::H5Group& group,
                                                  const file::Json& config,
                                                  const LegacyOrigin& origin);

}  // namespace keraunos::keras
