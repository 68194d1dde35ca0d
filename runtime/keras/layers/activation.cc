#include <algorithm>
#include <limits>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

std::vector<ValueId> import_activation(LayerCall& call) {
  if (!call.config().find("activation")) {
    fail(ErrorCode::malformed_file, "key 'activation': missing, and Keras has no default for it");
  }
  return {call.activate(call.input())};
}

std::vector<ValueId> import_relu(LayerCall& call) {
  const Config& config = call.config();
  Unary relu{UnaryFn::relu};
  relu.alpha = static_cast<float>(config.number_or("negative_slope", 0));
  relu.beta =
      static_cast<float>(config.number_or("max_value", std::numeric_limits<double>::infinity()));
  relu.gamma = static_cast<float>(config.number_or("threshold", 0));
  return {call.emit(relu, {call.float_input()})};
}

std::vector<ValueId> import_leaky_relu(LayerCall& call) {
  Unary leaky{UnaryFn::relu};
  leaky.alpha = static_cast<float>(call.config().number_or("negative_slope", 0.3));
  leaky.beta = std::numeric_limits<float>::infinity();
  return {call.emit(leaky, {call.float_input()})};
}

std::vector<ValueId> import_elu(LayerCall& call) {
  const auto alpha = static_cast<float>(call.config().number_or("alpha", 1));
  return {call.emit(Unary{UnaryFn::elu, alpha}, {call.float_input()})};
}

std::vector<ValueId> import_softmax(LayerCall& call) {
  const ValueId input = call.float_input();
  Softmax softmax;
  const auto axis = call.config().find("axis");
  if (axis && axis->is_array()) {
    for (const file::Json element : axis->elements()) {
      softmax.axes.push_back(normalize_axis(element.as_int64(), call.rank(input)));
    }
    std::sort(softmax.axes.begin(), softmax.axes.end());
    if (std::adjacent_find(softmax.axes.begin(), softmax.axes.end()) != softmax.axes.end() ||
        softmax.axes.empty()) {
      fail(ErrorCode::malformed_file, "key 'axis': {} does not name different axes",
           axis->dump(60));
    }
  } else {
    softmax.axes = {normalize_axis(axis ? axis->as_int64() : -1, call.rank(input))};
  }
  return {call.emit(std::move(softmax), {input})};
}

constexpr std::array classes = {
    LayerClass{"Activation", import_activation, MaskRule::pass},
    LayerClass{"ReLU", import_relu, MaskRule::pass},
    LayerClass{"LeakyReLU", import_leaky_relu, MaskRule::pass},
    LayerClass{"ELU", import_elu, MaskRule::pass},
    LayerClass{"Softmax", import_softmax, MaskRule::pass},
};

}  // namespace

const std::span<const LayerClass> activation_layers = classes;

}  // namespace keraunos::keras
