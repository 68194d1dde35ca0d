#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

// y = activation(x @ kernel + bias) on the last axis, whatever the rank.
std::vector<ValueId> import_dense(LayerCall& call) {
  const ValueId input = call.float_input();
  const Dim units(call.config().integer("units", 1));
  if (call.rank(input) < 2) {
    fail(ErrorCode::shape_mismatch, "expects an input of rank 2 or more, got {}",
         to_keras_string(call.shape(input)));
  }
  std::vector<ValueId> operands = {input, call.weight("kernel", {call.shape(input).back(), units})};
  if (call.config().flag_or("use_bias", true)) operands.push_back(call.weight("bias", {units}));
  return {call.activate(call.emit(MatMul{}, operands))};
}

constexpr std::array classes = {LayerClass{"Dense", import_dense, MaskRule::pass}};

}  // namespace

const std::span<const LayerClass> core_layers = classes;

}  // namespace keraunos::keras
