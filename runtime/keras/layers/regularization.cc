#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

// These act while training only; at inference they hand their input on.
std::vector<ValueId> import_nothing(LayerCall& call) {
  for (const std::string_view key :
       {"rate", "drop_path_rate", "stddev", "noise_shape", "data_format", "l1", "l2"}) {
    static_cast<void>(call.config().find(key));
  }
  return {call.input()};
}

constexpr std::array classes = {
    LayerClass{"Dropout", import_nothing, MaskRule::pass},
    LayerClass{"SpatialDropout1D", import_nothing, MaskRule::pass},
    LayerClass{"SpatialDropout2D", import_nothing, MaskRule::pass},
    LayerClass{"SpatialDropout3D", import_nothing, MaskRule::pass},
    LayerClass{"AlphaDropout", import_nothing, MaskRule::pass},
    LayerClass{"GaussianDropout", import_nothing, MaskRule::pass},
    LayerClass{"GaussianNoise", import_nothing, MaskRule::pass},
    LayerClass{"ActivityRegularization", import_nothing, MaskRule::pass},
    LayerClass{"StochasticDepth", import_nothing},  // keras.applications.convnext
};

}  // namespace

const std::span<const LayerClass> regularization_layers = classes;

}  // namespace keraunos::keras
