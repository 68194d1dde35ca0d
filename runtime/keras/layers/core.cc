#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/quantized_kernel.hpp"

namespace keraunos::keras {
namespace {

ValueId multiply(LayerCall& call, ValueId input, ValueId kernel, std::optional<ValueId> bias) {
  std::vector<ValueId> operands = {input, kernel};
  if (bias) operands.push_back(*bias);
  return call.emit(MatMul{}, std::move(operands));
}

KernelForm form(LayerCall& call, const Shape& kernel_shape, bool has_bias) {
  KernelForm form;
  form.kernel = kernel_shape;
  if (has_bias) form.bias = {kernel_shape[1]};
  form.scale = {kernel_shape[1]};
  form.summed = {0};
  form.input_summed = {call.rank(call.input()) - 1};
  form.is_matrix = true;
  form.multiply = [&call](ValueId input, ValueId kernel, std::optional<ValueId> bias) {
    return multiply(call, input, kernel, bias);
  };
  form.align = [](ValueId scale) { return scale; };
  return form;
}

// y = activation(x @ kernel + bias) on the last axis, whatever the rank.
std::vector<ValueId> import_dense(LayerCall& call) {
  const ValueId input = call.float_input();
  const Dim units(call.config().integer("units", 1));
  call.require_least_rank(input, 2);
  const Shape kernel_shape = {call.shape(input).back(), units};
  const bool has_bias = call.config().flag_or("use_bias", true);
  if (!call.quantization().empty()) {
    return {call.activate(multiply_quantized(call, input, form(call, kernel_shape, has_bias)))};
  }
  const ValueId kernel = call.weight("kernel", kernel_shape);
  std::optional<ValueId> bias;
  if (has_bias) bias = call.weight("bias", {units});
  return {call.activate(multiply(call, input, kernel, bias))};
}

// Each input with its own mask.
std::vector<ValueId> import_identity(LayerCall& call) {
  std::vector<ValueId> inputs;
  for (std::size_t i = 0; i < call.input_count(); ++i) inputs.push_back(call.input(i));
  return inputs;
}

constexpr std::array classes = {
    LayerClass{"Dense", import_dense, MaskRule::pass, Dtypes::policy, true},
    LayerClass{"Identity", import_identity, MaskRule::own},
};

}  // namespace

const std::span<const LayerClass> core_layers = classes;

}  // namespace keraunos::keras
