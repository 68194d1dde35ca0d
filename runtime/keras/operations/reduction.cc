#include <limits>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

// Sums, products and extremes over axes, along axes, and without NaN.

namespace keraunos::keras {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

bool keepdims(const LayerCall& call) { return call.config().flag_or("keepdims", false); }

ValueId reduce_axes(LayerCall& call, ReduceFn fn, ValueId value) {
  return reduce(call, fn, value, axes_option(call, call.rank(value)), keepdims(call));
}

template <ReduceFn fn>
std::vector<ValueId> import_sum(LayerCall& call) {
  const Operand x = first_operand(call);
  const bool keeps = fn == ReduceFn::prod && dtype_option(call);  // as Keras on TensorFlow has it
  const DType dtype = keeps ? x.type.dtype : sum_result(x.type.dtype);
  return {call.cast(reduce_axes(call, fn, as_computed(call, x, dtype)), dtype)};
}

std::vector<ValueId> import_mean(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = float_result(x.type.dtype);
  return {call.cast(reduce_axes(call, ReduceFn::mean, as_computed(call, x, dtype)), dtype)};
}

// `initial` takes part as one more cell.
template <ReduceFn fn>
std::vector<ValueId> import_extreme(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = x.type.dtype;
  ValueId result = reduce_axes(call, fn, as_computed(call, x, dtype));
  if (const auto initial = call.config().find("initial")) {
    const double number = initial->is_bool() ? initial->as_bool() : initial->as_double();
    const bool largest = fn == ReduceFn::max;
    const ValueId cell = call.scalar(number, compute_dtype(dtype));
    result = dtype == DType::boolean
                 ? call.binary(largest ? BinaryFn::logical_or : BinaryFn::logical_and, result, cell)
                 : call.binary(largest ? BinaryFn::maximum : BinaryFn::minimum, result, cell);
  }
  return {call.cast(result, dtype)};
}

template <ReduceFn fn>
std::vector<ValueId> import_logical(LayerCall& call) {
  return {reduce_axes(call, fn, as_stored(call, first_operand(call), DType::boolean))};
}

std::vector<ValueId> import_ptp(LayerCall& call) {
  const Operand x = first_operand(call);
  const ValueId value = as_computed(call, x, x.type.dtype);
  const ValueId range = call.binary(BinaryFn::subtract, reduce_axes(call, ReduceFn::max, value),
                                    reduce_axes(call, ReduceFn::min, value));
  return {call.cast(range, x.type.dtype)};
}

std::vector<ValueId> import_count_nonzero(LayerCall& call) {
  const ValueId nonzero = as_stored(call, first_operand(call), DType::boolean);
  const auto axes = axes_option(call, call.rank(nonzero));
  return {reduce(call, ReduceFn::sum, call.cast(nonzero, DType::int32), axes, false)};
}

// log(sum(exp(x))), less the largest cell where that is a number.
std::vector<ValueId> import_logsumexp(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = float_result(x.type.dtype);
  const ValueId value = as_computed(call, x, dtype);
  const auto axes = axes_option(call, call.rank(value));
  const ValueId largest = reduce(call, ReduceFn::max, value, axes, true);
  const ValueId shift =
      select(call, unary(call, UnaryFn::is_finite, largest), largest, call.scalar(0));
  const ValueId powers =
      unary(call, UnaryFn::exponential, call.binary(BinaryFn::subtract, value, shift));
  const ValueId logarithm =
      unary(call, UnaryFn::log, reduce(call, ReduceFn::sum, powers, axes, true));
  const ValueId result = call.binary(BinaryFn::add, logarithm, shift);
  return {call.cast(keepdims(call) ? result : squeeze(call, result, axes), dtype)};
}

// Along an axis ----------------------------------------------------------------------------------

// Without an axis, along all cells as one row.
template <ScanFn fn>
ValueId scan(LayerCall& call, ValueId value) {
  const bool has_axis = call.config().find("axis").has_value();
  if (!has_axis) value = flatten(call, value);
  const std::size_t axis = has_axis ? *axis_option(call, call.rank(value), 0) : 0;
  return call.emit(Scan{fn, axis}, {value});
}

// Nan...: NaN counts as 0 or 1.
template <ScanFn fn, bool skips_nan>
std::vector<ValueId> import_scan(LayerCall& call) {
  const Operand x = first_operand(call);
  DType dtype = dtype_option(call).value_or(x.type.dtype);
  if (dtype == DType::boolean) dtype = DType::int32;
  ValueId value = as_computed(call, x, dtype);
  if (skips_nan && is_floating(dtype)) {
    const ValueId neutral = call.scalar(fn == ScanFn::sum ? 0 : 1);
    value = select(call, unary(call, UnaryFn::is_nan, value), neutral, value);
  }
  return {call.cast(scan<fn>(call, value), dtype)};
}

// Without NaN ------------------------------------------------------------------------------------

ValueId without_nan(LayerCall& call, ValueId value, double number) {
  return select(call, unary(call, UnaryFn::is_nan, value), call.scalar(number), value);
}

template <ReduceFn fn>
std::vector<ValueId> import_nan_sum(LayerCall& call) {
  const Operand x = first_operand(call);
  if (!is_floating(x.type.dtype)) return import_sum<fn>(call);
  const ValueId value = as_computed(call, x, x.type.dtype);
  const ValueId clean = without_nan(call, value, fn == ReduceFn::sum ? 0 : 1);
  return {call.cast(reduce_axes(call, fn, clean), x.type.dtype)};
}

// NaN only where all cells are.
template <ReduceFn fn>
std::vector<ValueId> import_nan_extreme(LayerCall& call) {
  const Operand x = first_operand(call);
  if (!is_floating(x.type.dtype)) return import_extreme<fn>(call);
  const ValueId value = as_computed(call, x, x.type.dtype);
  const ValueId clean = without_nan(call, value, fn == ReduceFn::max ? -infinity : infinity);
  const ValueId nothing = reduce_axes(call, ReduceFn::all, unary(call, UnaryFn::is_nan, value));
  const ValueId result = select(call, nothing, call.scalar(std::numeric_limits<float>::quiet_NaN()),
                                reduce_axes(call, fn, clean));
  return {call.cast(result, x.type.dtype)};
}

struct NanMean {
  ValueId count;
  ValueId mean;

  NanMean(LayerCall& call, ValueId value, const std::vector<std::size_t>& axes, bool keeps) {
    const ValueId valid = unary(call, UnaryFn::logical_not, unary(call, UnaryFn::is_nan, value));
    count = reduce(call, ReduceFn::sum, call.as_float(valid), axes, keeps);
    mean =
        call.binary(BinaryFn::divide,
                    reduce(call, ReduceFn::sum, without_nan(call, value, 0), axes, keeps), count);
  }
};

std::vector<ValueId> import_nan_mean(LayerCall& call) {
  const Operand x = first_operand(call);
  if (!is_floating(x.type.dtype)) return import_mean(call);
  const ValueId value = as_computed(call, x, x.type.dtype);
  const auto axes = axes_option(call, call.rank(value));
  return {call.cast(NanMean(call, value, axes, keepdims(call)).mean, x.type.dtype)};
}

template <bool root>
std::vector<ValueId> import_nan_variance(LayerCall& call) {
  const Operand x = first_operand(call);
  const DType dtype = float_result(x.type.dtype);
  const ValueId value = as_computed(call, x, dtype);
  const auto axes = axes_option(call, call.rank(value));
  const ValueId mean = NanMean(call, value, axes, true).mean;
  const ValueId squares =
      unary(call, UnaryFn::square, call.binary(BinaryFn::subtract, value, mean));
  // A square is NaN just where the cell is.
  const ValueId variance = NanMean(call, squares, axes, keepdims(call)).mean;
  return {call.cast(root ? unary(call, UnaryFn::sqrt, variance) : variance, dtype)};
}

constexpr std::array classes = {
    LayerClass{"Sum", import_sum<ReduceFn::sum>},
    LayerClass{"Prod", import_sum<ReduceFn::prod>},
    LayerClass{"Mean", import_mean},
    LayerClass{"Max", import_extreme<ReduceFn::max>},
    LayerClass{"Amax", import_extreme<ReduceFn::max>},
    LayerClass{"Min", import_extreme<ReduceFn::min>},
    LayerClass{"Amin", import_extreme<ReduceFn::min>},
    LayerClass{"Any", import_logical<ReduceFn::any>},
    LayerClass{"All", import_logical<ReduceFn::all>},
    LayerClass{"Ptp", import_ptp},
    LayerClass{"CountNonzero", import_count_nonzero},
    LayerClass{"Logsumexp", import_logsumexp},
    LayerClass{"Cumsum", import_scan<ScanFn::sum, false>},
    LayerClass{"Cumprod", import_scan<ScanFn::prod, false>},
    LayerClass{"Nancumsum", import_scan<ScanFn::sum, true>},
    LayerClass{"Nancumprod", import_scan<ScanFn::prod, true>},
    LayerClass{"Nansum", import_nan_sum<ReduceFn::sum>},
    LayerClass{"Nanprod", import_nan_sum<ReduceFn::prod>},
    LayerClass{"Nanmax", import_nan_extreme<ReduceFn::max>},
    LayerClass{"Nanmin", import_nan_extreme<ReduceFn::min>},
    LayerClass{"Nanmean", import_nan_mean},
    LayerClass{"Nanvar", import_nan_variance<false>},
    LayerClass{"Nanstd", import_nan_variance<true>},
};

}  // namespace

const std::span<const LayerClass> reduction_operations = classes;

}  // namespace keraunos::keras
