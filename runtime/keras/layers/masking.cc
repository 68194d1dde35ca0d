#include "runtime/keras/layers/families.hpp"

namespace keraunos::keras {
namespace {

// A step is masked where all its features are mask_value; it becomes zero.
std::vector<ValueId> import_masking(LayerCall& call) {
  const ValueId input = call.input();
  if (call.rank(input) < 2) call.require_rank(input, 2);
  // Compared in the dtype of the input, to which Keras rounds the value.
  const double value = call.config().number_or("mask_value", 0);
  const DType compared = is_floating(call.dtype(input)) ? call.dtype(input) : DType::float32;
  const ValueId masked_value = call.as_float(call.scalar(value, compared));
  const ValueId differs = call.binary(BinaryFn::not_equal, call.as_float(input), masked_value);
  const std::size_t last = call.rank(input) - 1;
  const ValueId mask = call.emit(Reduce{ReduceFn::any, {last}, false}, {differs});
  Shape per_step = call.shape(mask);
  per_step.emplace_back(1);
  const ValueId zero = call.scalar(0, call.dtype(input));
  const ValueId output = call.emit(Select{}, {call.view(mask, per_step), input, zero});
  call.set_mask(output, mask);
  return {output};
}

constexpr std::array classes = {LayerClass{"Masking", import_masking, MaskRule::own}};

}  // namespace

const std::span<const LayerClass> masking_layers = classes;

}  // namespace keraunos::keras
