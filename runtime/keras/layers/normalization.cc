#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

std::size_t channel_axis(LayerCall& call, std::size_t rank) {
  const auto axis = call.config().find("axis");
  if (!axis) return rank - 1;
  if (axis->is_array() && axis->size() != 1) {
    fail(ErrorCode::unsupported, "key 'axis': {} names several axes; one is supported",
         axis->dump(60));
  }
  return normalize_axis((axis->is_array() ? (*axis)[0] : *axis).as_int64(), rank);
}

// At inference gamma * (x - mean) / sqrt(variance + epsilon) + beta is x * scale + shift with
//   scale = gamma / sqrt(variance + epsilon), shift = beta - mean * scale.
std::vector<ValueId> import_batch_normalization(LayerCall& call) {
  const ValueId input = call.float_input();
  const std::size_t axis = channel_axis(call, call.rank(input));
  const Shape per_channel = {call.shape(input)[axis]};
  const double epsilon = call.config().number_or("epsilon", 1e-3);

  std::vector<float> gamma;
  std::vector<float> beta;
  if (call.config().flag_or("scale", true))
    gamma = call.values_of(call.weight("gamma", per_channel));
  if (call.config().flag_or("center", true))
    beta = call.values_of(call.weight("beta", per_channel));
  const auto mean = call.values_of(call.statistic("moving_mean", per_channel));
  const auto variance = call.values_of(call.statistic("moving_variance", per_channel));
  if (variance.size() != mean.size()) {
    fail(ErrorCode::shape_mismatch, "{} moving means, but {} moving variances", mean.size(),
         variance.size());
  }

  std::vector<float> scale(mean.size());
  std::vector<float> shift(mean.size());
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const double factor = (gamma.empty() ? 1.0 : static_cast<double>(gamma.at(i))) /
                          std::sqrt(static_cast<double>(variance[i]) + epsilon);
    scale[i] = static_cast<float>(factor);
    shift[i] = static_cast<float>((beta.empty() ? 0.0 : static_cast<double>(beta.at(i))) -
                                  static_cast<double>(mean[i]) * factor);
  }
  return {call.emit(Affine{axis},
                    {input, call.constant("scale", scale), call.constant("shift", shift)})};
}

constexpr std::array classes = {
    LayerClass{"BatchNormalization", import_batch_normalization, MaskRule::pass}};

}  // namespace

const std::span<const LayerClass> normalization_layers = classes;

}  // namespace keraunos::keras
