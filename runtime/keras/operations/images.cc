#include "runtime/keras/operations/images.hpp"

#include "runtime/keras/operations/building.hpp"

namespace keraunos::keras {

Images::Images(LayerCall& call, std::string_view name, std::size_t position) {
  const Operand images = strong_operand(call, name, position);
  dtype = images.type.dtype;
  value = as_stored(call, images);
  batched = call.rank(value) == 4;
  if (!batched) {
    call.require_rank(value, 3);
    value = expand(call, value, 0);
  }
  value = call.to_channels_last(value);
}

std::vector<ValueId> Images::result(LayerCall& call, ValueId output) const {
  output = call.from_channels_last(output);
  return {batched ? output : squeeze(call, output, {0})};
}

}  // namespace keraunos::keras
