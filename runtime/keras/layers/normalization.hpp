#pragma once

#include <cstdint>

#include "runtime/keras/layer.hpp"

namespace keraunos::keras {

/// What Keras's GroupNormalization makes of the call's input: the channels are cut into `groups` of
/// neighbours (-1: each is one), every group is normalised over its channels and all other axes but
/// the batch, and scaled and shifted where the config says so.
ValueId normalize_groups(LayerCall& call, std::int64_t groups);

}  // namespace keraunos::keras
