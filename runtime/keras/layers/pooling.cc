#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/windows.hpp"

namespace keraunos::keras {
namespace {

template <PoolFn fn>
std::vector<ValueId> import_pool2d(LayerCall& call) {
  call.require_rank(call.input(), 4);
  const ValueId input = call.to_channels_last(call.float_input());
  const ValueId output = call.emit(Pool{fn, pool_windows(call.config(), 2)}, {input});
  return {call.from_channels_last(output)};
}

// Channels stay where they are: only the spatial axes are reduced.
template <ReduceFn fn>
std::vector<ValueId> import_global_pool2d(LayerCall& call) {
  call.require_rank(call.input(), 4);
  const std::size_t first = call.channels_first() ? 2 : 1;
  const bool keepdims = call.config().flag_or("keepdims", false);
  return {call.emit(Reduce{fn, {first, first + 1}, keepdims}, {call.float_input()})};
}

constexpr std::array classes = {
    LayerClass{"MaxPooling2D", import_pool2d<PoolFn::max>},
    LayerClass{"AveragePooling2D", import_pool2d<PoolFn::average>},
    LayerClass{"GlobalMaxPooling2D", import_global_pool2d<ReduceFn::max>},
    LayerClass{"GlobalAveragePooling2D", import_global_pool2d<ReduceFn::mean>},
};

}  // namespace

const std::span<const LayerClass> pooling_layers = classes;

}  // namespace keraunos::keras
