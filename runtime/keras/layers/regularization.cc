#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

// These act while training only; at inference they hand their input on.
std::vector<ValueId> import_nothing(LayerCall& call) {
  for (const std::string_view key : {"rate", "stddev", "noise_shape", "data_format", "l1", "l2"}) {
    static_cast<void>(call.config().find(key));
  }
  return {call.input()};
}

constexpr std::array classes = {
    LayerClass{"Dropout", import_nothing},
    LayerClass{"SpatialDropout1D", import_nothing},
    LayerClass{"SpatialDropout2D", import_nothing},
    LayerClass{"SpatialDropout3D", import_nothing},
    LayerClass{"AlphaDropout", import_nothing},
    LayerClass{"GaussianDropout", import_nothing},
    LayerClass{"GaussianNoise", import_nothing},
    LayerClass{"ActivityRegularization", import_nothing},
};

}  // namespace

const std::span<const LayerClass> regularization_layers = classes;

}  // namespace keraunos::keras
