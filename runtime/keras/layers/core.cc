#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

// y = activation(x @ kernel + bias) on the last axis, whatever the rank.
std::vector<ValueId> import_dense(LayerCall& call) {
  const ValueId input = call.float_input();
  const Dim units(call.config().integer("units", 1));
  call.require_least_rank(input, 2);
  std::vector<ValueId> operands = {input, call.weight("kernel", {call.shape(input).back(), units})};
  if (call.config().flag_or("use_bias", true)) operands.push_back(call.weight("bias", {units}));
  return {call.activate(call.emit(MatMul{}, operands))};
}

// Each input with its own mask.
std::vector<ValueId> import_identity(LayerCall& call) {
  std::vector<ValueId> inputs;
  for (std::size_t i = 0; i < call.input_count(); ++i) inputs.push_back(call.input(i));
  return inputs;
}

constexpr std::array classes = {
    LayerClass{"Dense", import_dense, MaskRule::pass},
    LayerClass{"Identity", import_identity, MaskRule::own},
};

}  // namespace

const std::span<const LayerClass> core_layers = classes;

}  // namespace keraunos::keras
