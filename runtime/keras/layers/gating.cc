#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"

// Dense layers of Keras 1 that Keras 2 only reads.

namespace keraunos::keras {
namespace {

ValueId dense(LayerCall& call, ValueId input, ValueId kernel, std::optional<ValueId> bias) {
  std::vector<ValueId> operands = {input, kernel};
  if (bias) operands.push_back(*bias);
  return call.emit(MatMul{}, std::move(operands));
}

// The largest of several dense layers, unit by unit.
std::vector<ValueId> import_maxout(LayerCall& call) {
  const ValueId input = call.float_input();
  call.require_rank(input, 2);
  const Dim units(call.config().integer("units", 1));
  const Dim features(call.config().integer("nb_feature", 1));
  const Shape shape = call.shape(input);
  const ValueId kernel = call.weight("kernel", {features, shape[1], units});
  const ValueId lines = call.view(input, {1, shape[0], shape[1]});
  ValueId each = call.emit(BatchMatMul{}, {lines, kernel});
  if (call.config().flag_or("bias", true)) {
    const ValueId bias = call.weight("bias", {features, units});
    each = call.binary(BinaryFn::add, each, call.reshaped(bias, {features, 1, units}));
  }
  return {call.emit(Reduce{ReduceFn::max, {0}, false}, {each})};
}

// g * activation(x @ W + b) + (1 - g) * x with the gate g = sigmoid(x @ C + c).
std::vector<ValueId> import_highway(LayerCall& call) {
  const ValueId input = call.float_input();
  call.require_rank(input, 2);
  const Dim width = call.shape(input)[1];
  const ValueId kernel = call.weight("kernel", {width, width});
  const ValueId carry = call.weight("carry_kernel", {width, width});
  std::optional<ValueId> bias;
  std::optional<ValueId> carry_bias;
  if (call.config().flag_or("bias", true)) {
    bias = call.weight("bias", {width});
    carry_bias = call.weight("carry_bias", {width});
  }
  const ValueId gate = call.emit(Unary{UnaryFn::sigmoid}, {dense(call, input, carry, carry_bias)});
  const ValueId changed = call.activate(dense(call, input, kernel, bias));
  const ValueId difference = call.binary(BinaryFn::subtract, changed, input);
  return {call.binary(BinaryFn::add, input, call.binary(BinaryFn::multiply, gate, difference))};
}

constexpr std::array classes = {
    LayerClass{"MaxoutDense", import_maxout},
    LayerClass{"Highway", import_highway},
};

}  // namespace

const std::span<const LayerClass> gating_layers = classes;

}  // namespace keraunos::keras
