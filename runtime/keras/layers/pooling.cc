#include <numeric>

#include "runtime/base/fail.hpp"
#include "runtime/keras/layers/families.hpp"
#include "runtime/keras/layers/windows.hpp"

namespace keraunos::keras {
namespace {

// float32 holds each number of these.
bool fits_float(DType dtype) {
  return is_floating(dtype) || dtype == DType::int8 || dtype == DType::uint8 ||
         dtype == DType::int16 || dtype == DType::uint16;
}

// Runs `pool` on the input as float32 and channels last. The largest of integers is an integer of
// the same dtype; their mean is a float.
template <typename Op>
std::vector<ValueId> pool_spatially(LayerCall& call, std::size_t spatial_rank, Op pool) {
  const DType dtype = call.dtype(call.input());
  call.require_rank(call.input(), spatial_rank + 2);
  const bool keeps_dtype = pool.fn == PoolFn::max && !is_floating(dtype);
  if (keeps_dtype && !fits_float(dtype)) {
    fail(ErrorCode::unsupported, "max pooling of {} tensors is not supported", to_string(dtype));
  }
  const ValueId input = call.to_channels_last(call.float_input());
  const ValueId output = call.from_channels_last(call.emit(std::move(pool), {input}));
  return {keeps_dtype ? call.cast(output, dtype) : output};
}

template <PoolFn fn, std::size_t spatial_rank>
std::vector<ValueId> import_pool(LayerCall& call) {
  return pool_spatially(call, spatial_rank, Pool{fn, pool_windows(call.config(), spatial_rank)});
}

template <PoolFn fn, std::size_t spatial_rank>
std::vector<ValueId> import_adaptive_pool(LayerCall& call) {
  return pool_spatially(call, spatial_rank,
                        AdaptivePool{fn, call.config().integers("output_size", spatial_rank, 1)});
}

// Channels stay where they are: only the spatial axes are reduced.
std::vector<std::size_t> spatial_axes(LayerCall& call, std::size_t spatial_rank) {
  call.require_rank(call.input(), spatial_rank + 2);
  std::vector<std::size_t> axes(spatial_rank);
  std::iota(axes.begin(), axes.end(), std::size_t{call.channels_first() ? 2U : 1U});
  return axes;
}

template <std::size_t spatial_rank>
std::vector<ValueId> import_global_average(LayerCall& call) {
  const bool keepdims = call.config().flag_or("keepdims", false);
  return {call.emit(Reduce{ReduceFn::mean, spatial_axes(call, spatial_rank), keepdims},
                    {call.float_input()})};
}

template <std::size_t spatial_rank>
std::vector<ValueId> import_global_max(LayerCall& call) {
  const Reduce reduce{ReduceFn::max, spatial_axes(call, spatial_rank),
                      call.config().flag_or("keepdims", false)};
  const DType dtype = call.dtype(call.input());
  if (dtype == DType::int32 || dtype == DType::int64) return {call.emit(reduce, {call.input()})};
  if (dtype != DType::boolean && !fits_float(dtype)) {
    fail(ErrorCode::unsupported, "max pooling of {} tensors is not supported", to_string(dtype));
  }
  const ValueId largest = call.emit(reduce, {call.float_input()});
  return {is_floating(dtype) ? largest : call.cast(largest, dtype)};
}

// The mean of the steps that the mask keeps; NaN where it keeps none.
std::vector<ValueId> import_global_average1d(LayerCall& call) {
  const auto mask = call.mask(call.input());
  if (!mask) return import_global_average<1>(call);
  const Reduce sum{ReduceFn::sum, spatial_axes(call, 1), call.config().flag_or("keepdims", false)};
  call.require_rank(*mask, 2);
  const bool channels_first = call.channels_first();
  const Shape& steps = call.shape(*mask);
  const ValueId kept =
      call.view(call.cast(*mask, DType::boolean),
                channels_first ? Shape{steps[0], Dim(1), steps[1]} : Shape{steps[0], steps[1], 1});
  const ValueId cells = call.emit(Select{}, {kept, call.float_input(), call.scalar(0)});
  return {call.binary(BinaryFn::divide, call.emit(sum, {cells}),
                      call.emit(sum, {call.as_float(kept)}))};
}

constexpr std::array classes = {
    LayerClass{"MaxPooling1D", import_pool<PoolFn::max, 1>},
    LayerClass{"MaxPooling2D", import_pool<PoolFn::max, 2>},
    LayerClass{"MaxPooling3D", import_pool<PoolFn::max, 3>},
    LayerClass{"AveragePooling1D", import_pool<PoolFn::average, 1>},
    LayerClass{"AveragePooling2D", import_pool<PoolFn::average, 2>},
    LayerClass{"AveragePooling3D", import_pool<PoolFn::average, 3>},
    LayerClass{"AdaptiveMaxPooling1D", import_adaptive_pool<PoolFn::max, 1>},
    LayerClass{"AdaptiveMaxPooling2D", import_adaptive_pool<PoolFn::max, 2>},
    LayerClass{"AdaptiveMaxPooling3D", import_adaptive_pool<PoolFn::max, 3>},
    LayerClass{"AdaptiveAveragePooling1D", import_adaptive_pool<PoolFn::average, 1>},
    LayerClass{"AdaptiveAveragePooling2D", import_adaptive_pool<PoolFn::average, 2>},
    LayerClass{"AdaptiveAveragePooling3D", import_adaptive_pool<PoolFn::average, 3>},
    LayerClass{"GlobalMaxPooling1D", import_global_max<1>},
    LayerClass{"GlobalMaxPooling2D", import_global_max<2>},
    LayerClass{"GlobalMaxPooling3D", import_global_max<3>},
    LayerClass{"GlobalAveragePooling1D", import_global_average1d},
    LayerClass{"GlobalAveragePooling2D", import_global_average<2>},
    LayerClass{"GlobalAveragePooling3D", import_global_average<3>},
};

}  // namespace

const std::span<const LayerClass> pooling_layers = classes;

}  // namespace keraunos::keras
