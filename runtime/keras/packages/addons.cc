#include <array>
#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/normalization.hpp"
#include "runtime/keras/package_layers.hpp"

// tensorflow-addons, whose classes are registered as "Addons>...".

namespace keraunos::keras {
namespace {

std::vector<ValueId> import_group_normalization(LayerCall& call) {
  return {normalize_groups(call, call.config().integer_or("groups", -1, 32))};
}

// The file's number of groups is -1, or what that came to when the layer was built.
std::vector<ValueId> import_instance_normalization(LayerCall& call) {
  static_cast<void>(call.config().find("groups"));
  return {normalize_groups(call, -1)};
}

// gamma * x / sqrt(mean(x * x) + epsilon) + beta over the pixels of each channel.
std::vector<ValueId> import_filter_response_normalization(LayerCall& call) {
  const Config& config = call.config();
  const ValueId input = call.float_input();
  call.require_rank(input, 4);
  if (const auto axes = config.find("axis");
      axes && config.integers("axis", 2, 0) != std::vector<std::int64_t>{1, 2}) {
    fail(ErrorCode::unsupported, "key 'axis': {} is not supported; [1, 2] is", axes->dump(60));
  }
  float epsilon = std::abs(static_cast<float>(config.number_or("epsilon", 1e-6)));
  if (config.flag_or("learned_epsilon", false)) {
    epsilon += std::abs(call.values_of(call.weight("learned_epsilon", {1})).at(0));
  }
  const Shape per_channel = {1, 1, 1, call.shape(input)[3]};
  const ValueId gamma = call.weight("gamma", per_channel);
  const ValueId beta = call.weight("beta", per_channel);
  const ValueId normal = call.emit(Norm{NormFn::rms, {1, 2}, epsilon}, {input});
  return {call.binary(BinaryFn::add, call.binary(BinaryFn::multiply, gamma, normal), beta)};
}

std::vector<ValueId> import_gelu(LayerCall& call) {
  const bool approximate = call.config().flag_or("approximate", true);
  const UnaryFn fn = approximate ? UnaryFn::gelu_tanh : UnaryFn::gelu;
  return {call.emit(Unary{fn}, {call.float_input()})};
}

std::size_t axis_of(LayerCall& call, ValueId input) {
  const auto axis = call.config().find("axis");
  return normalize_axis(axis ? axis->as_int64() : -1, call.rank(input));
}

// max(x, alpha * x + tau), where alpha is zero unless it is learned.
std::vector<ValueId> import_thresholded_linear(LayerCall& call) {
  const ValueId input = call.float_input();
  call.require_least_rank(input, 2);
  const Shape shape = call.shape(input);
  const Shape per_cell(shape.begin() + 1, shape.end());
  ValueId threshold = call.weight("tau", per_cell);
  if (call.config().flag_or("affine", false)) {
    const ValueId alpha = call.weight("alpha", per_cell);
    threshold =
        call.binary(BinaryFn::add, threshold, call.binary(BinaryFn::multiply, alpha, input));
  }
  return {call.binary(BinaryFn::maximum, input, threshold)};
}

// The largest of every k-th channel, of which num_units come of each run of neighbours.
std::vector<ValueId> import_maxout(LayerCall& call) {
  const ValueId input = call.float_input();
  const std::int64_t units = call.config().integer("num_units", 1);
  const std::size_t axis = axis_of(call, input);
  Shape shape = call.shape(input);
  const auto channels = shape[axis].constant();
  if (!channels || *channels % units != 0) {
    fail(ErrorCode::shape_mismatch, "key 'num_units': {} units do not divide {} channels", units,
         shape[axis].to_string());
  }
  shape[axis] = Dim(units);
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), Dim(*channels / units));
  return {call.emit(Reduce{ReduceFn::max, {axis}, false}, {call.view(input, shape)})};
}

// shortcut + survival_probability * residual.
std::vector<ValueId> import_stochastic_depth(LayerCall& call) {
  const double probability = call.config().number_or("survival_probability", 0.5);
  const Unary scale{UnaryFn::linear, static_cast<float>(probability), 0};
  const ValueId residual = call.emit(scale, {call.float_input(1)});
  return {call.binary(BinaryFn::add, call.float_input(0), residual)};
}

PackageClass addons(LayerClass layer, std::vector<std::string_view> keys, int keras_minor = 0) {
  return {"tensorflow_addons", "Addons", layer, std::move(keys), keras_minor};
}

const std::array classes = {
    addons({"GroupNormalization", import_group_normalization, MaskRule::pass}, {}),
    addons({"InstanceNormalization", import_instance_normalization, MaskRule::pass},
           {"groups", "axis", "epsilon", "center", "scale"}),
    addons({"FilterResponseNormalization", import_filter_response_normalization, MaskRule::pass},
           {"axis", "epsilon", "learned_epsilon"}),
    addons({"GELU", import_gelu, MaskRule::pass}, {"approximate"}),
    addons({"TLU", import_thresholded_linear, MaskRule::pass}, {"affine"}),
    addons({"Maxout", import_maxout}, {"num_units", "axis"}),
    addons({"StochasticDepth", import_stochastic_depth}, {"survival_probability"}),
};

}  // namespace

const std::span<const PackageClass> addons_classes = classes;

}  // namespace keraunos::keras
