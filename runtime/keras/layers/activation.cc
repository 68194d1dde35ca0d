#include <limits>

#include "runtime/base/fail.hpp"
#include "runtime/keras/activations.hpp"
#include "runtime/keras/attention.hpp"
#include "runtime/keras/layers/axes.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

std::vector<ValueId> import_activation(LayerCall& call) {
  if (!call.config().find("activation")) {
    fail(ErrorCode::malformed_file, "key 'activation': missing, and Keras has no default for it");
  }
  return {call.activate(call.input())};
}

// A parameter that Keras wants at zero or above.
float parameter(const Config& config, std::string_view key, double fallback) {
  const double value = config.number_or(key, fallback);
  if (!(value >= 0)) {
    fail(ErrorCode::malformed_file, "key '{}': {} is not zero or more", key, value);
  }
  return static_cast<float>(value);
}

std::vector<ValueId> import_relu(LayerCall& call) {
  const Config& config = call.config();
  const float slope = parameter(config, "negative_slope", 0);
  const float ceiling = parameter(config, "max_value", std::numeric_limits<double>::infinity());
  const float threshold = parameter(config, "threshold", 0);
  if (ceiling < threshold) {
    fail(ErrorCode::unsupported, "key 'max_value': {} below the threshold {} is not supported",
         ceiling, threshold);
  }
  return {emit_relu(call, {UnaryFn::relu, slope, ceiling, threshold}, call.input())};
}

// Files of Keras 2 call the slope "alpha".
std::vector<ValueId> import_leaky_relu(LayerCall& call) {
  const Config& config = call.config();
  const std::string_view key = config.find("alpha") ? "alpha" : "negative_slope";
  const Unary leaky{UnaryFn::relu, parameter(config, key, 0.3), infinity, 0};
  return {call.emit(leaky, {call.float_input()})};
}

std::vector<ValueId> import_elu(LayerCall& call) {
  const auto alpha = static_cast<float>(call.config().number_or("alpha", 1));
  return {call.emit(Unary{UnaryFn::elu, alpha}, {call.float_input()})};
}

// Of Keras 2 alone: x where it is above theta, else 0.
std::vector<ValueId> import_thresholded_relu(LayerCall& call) {
  const float theta = parameter(call.config(), "theta", 1);
  return {call.emit(Unary{UnaryFn::threshold, theta, 0}, {call.float_input()})};
}

// max(x, 0) + alpha * min(x, 0), with an alpha for every cell of a sample but one on shared axes.
std::vector<ValueId> import_prelu(LayerCall& call) {
  call.require_least_rank(call.input(), 1);
  const ValueId input = call.float_input();
  Shape cells(call.shape(input).begin() + 1, call.shape(input).end());
  if (const auto shared = call.config().find("shared_axes")) {
    const auto share = [&](const file::Json& axis) {
      const auto index = static_cast<std::size_t>(to_integer(axis, 1));
      if (index > cells.size()) {
        fail(ErrorCode::malformed_file, "key 'shared_axes': there is no axis {} in {}", index,
             to_keras_string(call.shape(input)));
      }
      cells[index - 1] = Dim(1);
    };
    if (!shared->is_array()) share(*shared);
    for (std::size_t i = 0; shared->is_array() && i < shared->size(); ++i) share((*shared)[i]);
  }
  const ValueId alpha = call.weight("alpha", cells);
  const ValueId above = call.emit(relu(), {input});
  const ValueId below = call.emit(Unary{UnaryFn::relu, 1, 0, 0}, {input});
  return {call.binary(BinaryFn::add, above, call.binary(BinaryFn::multiply, below, alpha))};
}

// The mask of a Softmax broadcasts over its input as numpy has it, and may not widen it.
std::optional<ValueId> softmax_mask(LayerCall& call, ValueId input) {
  auto mask = call.tensor_argument("mask", 1);
  if (!mask) mask = call.mask(call.input());
  if (!mask) return std::nullopt;
  const Shape& given = call.shape(*mask);
  const Shape& wanted = call.shape(input);
  bool fits = given.size() <= wanted.size();
  for (std::size_t i = 1; fits && i <= given.size(); ++i) {
    const Dim& size = given[given.size() - i];
    const auto left = size.constant();
    const auto right = wanted[wanted.size() - i].constant();
    fits = left == 1 || !left || !right || *left == *right;
  }
  if (!fits) {
    fail(ErrorCode::shape_mismatch, "a mask of {} cannot be broadcast to {}",
         to_keras_string(given), to_keras_string(wanted));
  }
  if (call.dtype(*mask) == DType::boolean) return mask;
  return call.binary(BinaryFn::greater, call.as_float(*mask), call.scalar(0.5));
}

std::vector<ValueId> import_softmax(LayerCall& call) {
  const ValueId input = call.float_input();
  auto axes = distinct_axes(written_axes(call.config()), call.rank(input));
  return {masked_softmax(call, input, softmax_mask(call, input), std::move(axes),
                         HiddenQuery::looks_nowhere)};
}

constexpr std::array classes = {
    LayerClass{"Activation", import_activation, MaskRule::pass},
    LayerClass{"ReLU", import_relu, MaskRule::pass},
    LayerClass{"LeakyReLU", import_leaky_relu, MaskRule::pass},
    LayerClass{"ThresholdedReLU", import_thresholded_relu, MaskRule::pass},
    LayerClass{"PReLU", import_prelu, MaskRule::pass},
    LayerClass{"ELU", import_elu, MaskRule::pass},
    LayerClass{"Softmax", import_softmax, MaskRule::pass},
};

}  // namespace

const std::span<const LayerClass> activation_layers = classes;

}  // namespace keraunos::keras
