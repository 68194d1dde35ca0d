#include "runtime/keras/layers/normalization.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/axes.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

// Keys that only training reads.
void ignore(const Config& config, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) static_cast<void>(config.find(key));
}

std::size_t single_axis(const LayerCall& call, std::size_t rank) {
  const auto axes = distinct_axes(written_axes(call.config()), rank);
  if (axes.size() != 1) {
    fail(ErrorCode::unsupported, "key 'axis': {} axes are named; one is supported", axes.size());
  }
  return axes[0];
}

ValueId normalize(LayerCall& call, ValueId value, NormFn fn, std::vector<std::size_t> axes,
                  double fallback_epsilon) {
  const double epsilon = call.config().number_or("epsilon", fallback_epsilon);
  return call.emit(Norm{fn, std::move(axes), static_cast<float>(epsilon)}, {value});
}

// value * scale + shift with one number of each per cell of `axis`; either may be missing.
ValueId scale_and_shift(LayerCall& call, ValueId value, std::size_t axis,
                        std::optional<ValueId> scale, std::optional<ValueId> shift) {
  if (!scale && !shift) return value;
  const std::size_t cells = call.values_of(scale ? *scale : *shift).size();
  if (!scale) scale = call.constant("ones", std::vector<float>(cells, 1));
  if (!shift) shift = call.constant("zeros", std::vector<float>(cells, 0));
  return call.emit(Affine{axis}, {value, *scale, *shift});
}

// At inference gamma * (x - mean) / sqrt(variance + epsilon) + beta is x * scale + shift with
//   scale = gamma / sqrt(variance + epsilon), shift = beta - mean * scale.
std::vector<ValueId> import_batch_normalization(LayerCall& call) {
  ignore(call.config(), {"momentum", "synchronized", "renorm_clipping", "renorm_momentum",
                         "virtual_batch_size", "fused", "adjustment"});
  call.keep_weights_exact();
  const ValueId input = call.float_input();
  const std::size_t axis = single_axis(call, call.rank(input));
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
  if (call.config().flag_or("renorm", false)) {
    for (const auto* name : {"moving_stddev", "renorm_mean", "renorm_stddev"}) {
      call.unread_statistic(name, per_channel);
    }
  }
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

// A weight over several axes, against all axes of the input. As in Keras it has its axes in the
// order in which the sorted numbers of 'axis' name them, and is only viewed, not reordered: -1 and
// 1 give a weight of (last, first) whose numbers lie along the first axis and then the last.
ValueId spread(LayerCall& call, ValueId weight, const std::vector<std::int64_t>& axes,
               std::size_t rank) {
  if (axes.size() == rank) return weight;
  Shape shape(rank, Dim(1));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    shape[normalize_axis(axes[i], rank)] = call.shape(weight)[i];
  }
  return call.reshaped(weight, shape);
}

// The result has the dtype of the input, before it gets the layer's own: whole numbers are cut off.
ValueId in_dtype_of(LayerCall& call, ValueId input, ValueId result) {
  return call.cast(call.cast(result, call.dtype(input)), call.compute_dtype());
}

std::vector<ValueId> import_layer_normalization(LayerCall& call) {
  call.keep_weights_exact();
  const ValueId input = call.float_input();
  const std::size_t rank = call.rank(input);
  std::vector<std::int64_t> axes = written_axes(call.config());
  std::sort(axes.begin(), axes.end());
  const std::vector<std::size_t> reduced = distinct_axes(axes, rank);
  Shape cells;
  for (const std::int64_t axis : axes) {
    cells.push_back(call.shape(input)[normalize_axis(axis, rank)]);
  }

  // Divides by the deviation without having subtracted the mean, whatever its name promises.
  const bool rms_scaling = call.config().flag_or("rms_scaling", false);
  const bool scaled = call.config().flag_or("scale", true) || rms_scaling;
  const bool centered = call.config().flag_or("center", true) && !rms_scaling;
  std::optional<ValueId> gamma;
  std::optional<ValueId> beta;
  if (scaled) gamma = call.weight("gamma", cells);
  if (centered) beta = call.weight("beta", cells);

  const NormFn fn = rms_scaling ? NormFn::deviation : NormFn::standard;
  ValueId output = normalize(call, input, fn, reduced, 1e-3);
  if (reduced.size() == 1) {
    output = scale_and_shift(call, output, reduced[0], gamma, beta);
  } else {
    if (gamma) output = call.binary(BinaryFn::multiply, output, spread(call, *gamma, axes, rank));
    if (beta) output = call.binary(BinaryFn::add, output, spread(call, *beta, axes, rank));
  }
  return {in_dtype_of(call, call.input(), output)};
}

// The scale lies along the last axes, whatever axes are normalised.
std::vector<ValueId> import_rms_normalization(LayerCall& call) {
  const ValueId input = call.float_input();
  std::vector<std::int64_t> axes = written_axes(call.config());
  std::sort(axes.begin(), axes.end());
  const std::vector<std::size_t> reduced = distinct_axes(axes, call.rank(input));
  Shape cells;
  for (const std::int64_t axis : axes) {
    cells.push_back(call.shape(input)[normalize_axis(axis, call.rank(input))]);
  }
  const ValueId scale = call.weight("scale", cells);
  ValueId output = normalize(call, input, NormFn::rms, reduced, 1e-6);
  output = cells.size() == 1
               ? scale_and_shift(call, output, call.rank(input) - 1, scale, std::nullopt)
               : call.binary(BinaryFn::multiply, output, scale);
  return {call.cast(output, call.dtype(call.input()))};
}

std::vector<ValueId> import_unit_normalization(LayerCall& call) {
  // Keras bounds 1/|x| by 1e12, and Norm the square of |x|.
  constexpr float epsilon = 1e-24F;
  const ValueId input = call.float_input();
  auto axes = distinct_axes(written_axes(call.config()), call.rank(input));
  return {call.emit(Norm{NormFn::l2, std::move(axes), epsilon}, {input})};
}

}  // namespace

ValueId normalize_groups(LayerCall& call, std::int64_t groups) {
  const ValueId input = call.float_input();
  const Shape shape = call.shape(input);
  const std::size_t axis = single_axis(call, shape.size());
  const auto channels = shape[axis].constant();
  if (!channels || axis == 0) {
    fail(ErrorCode::unsupported, "the number of channels, axis {} of {}, must be known", axis,
         to_keras_string(shape));
  }
  if (groups == -1) groups = *channels;
  if (groups == 0 || *channels % groups != 0) {
    fail(ErrorCode::shape_mismatch, "key 'groups': {} groups do not divide {} channels", groups,
         *channels);
  }

  Shape grouped = shape;
  grouped[axis] = Dim(*channels / groups);
  grouped.insert(grouped.begin() + static_cast<std::ptrdiff_t>(axis), Dim(groups));
  std::vector<std::size_t> reduced;
  for (std::size_t i = 1; i < grouped.size(); ++i) {
    if (i != axis) reduced.push_back(i);
  }
  ValueId output =
      normalize(call, call.view(input, std::move(grouped)), NormFn::standard, reduced, 1e-3);
  output = call.view(output, shape);

  std::optional<ValueId> gamma;
  std::optional<ValueId> beta;
  if (call.config().flag_or("scale", true)) gamma = call.weight("gamma", {shape[axis]});
  if (call.config().flag_or("center", true)) beta = call.weight("beta", {shape[axis]});
  return scale_and_shift(call, output, axis, gamma, beta);
}

namespace {

std::vector<ValueId> import_group_normalization(LayerCall& call) {
  call.keep_weights_exact();
  const std::int64_t groups = call.config().integer_or("groups", -1, 32);
  return {in_dtype_of(call, call.input(), normalize_groups(call, groups))};
}

// At inference the wrapped layer with its kernel as it is stored. The mask is the wrapped layer's.
std::vector<ValueId> import_spectral_normalization(LayerCall& call) {
  ignore(call.config(), {"power_iterations"});
  const auto layer = call.config().find("layer");
  if (!layer) fail(ErrorCode::malformed_file, "key 'layer': missing");
  CallArguments arguments;
  arguments.positional = {Argument::tensor(call.input())};
  const ValueId output = call.call_layer(*layer, "layer", std::move(arguments)).at(0);
  // Training finds the norm with a vector as long as the kernel's last axis, mostly the result's.
  call.pass_over("kernel");
  call.unread_statistic("vector_u", {Dim(1), call.shape(output).back()});
  return {call.cast(output, call.dtype(call.input()))};
}

// x * gamma, of ConvNeXt.
std::vector<ValueId> import_layer_scale(LayerCall& call) {
  ignore(call.config(), {"init_values"});
  const ValueId input = call.float_input();
  const ValueId gamma = call.weight("gamma", {Dim(call.config().integer("projection_dim", 1))});
  return {scale_and_shift(call, input, call.rank(input) - 1, gamma, std::nullopt)};
}

// a + b * scale, of InceptionResNetV2.
std::vector<ValueId> import_custom_scale(LayerCall& call) {
  const Unary scale{UnaryFn::linear, static_cast<float>(call.config().number_or("scale", 1)), 0};
  const ValueId scaled = call.emit(scale, {call.float_input(1)});
  return {call.binary(BinaryFn::add, call.float_input(0), scaled)};
}

constexpr std::array classes = {
    LayerClass{"BatchNormalization", import_batch_normalization, MaskRule::pass},
    LayerClass{"SyncBatchNormalization", import_batch_normalization, MaskRule::pass},
    LayerClass{"LayerNormalization", import_layer_normalization, MaskRule::pass, Dtypes::own},
    LayerClass{"RMSNormalization", import_rms_normalization},
    LayerClass{"UnitNormalization", import_unit_normalization, MaskRule::pass},
    LayerClass{"GroupNormalization", import_group_normalization, MaskRule::pass, Dtypes::own},
    LayerClass{"SpectralNormalization", import_spectral_normalization, MaskRule::own},
    LayerClass{"LayerScale", import_layer_scale},
    LayerClass{"CustomScaleLayer", import_custom_scale},
};

}  // namespace

const std::span<const LayerClass> normalization_layers = classes;

}  // namespace keraunos::keras
