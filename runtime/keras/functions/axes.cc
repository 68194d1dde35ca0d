#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/base/fail.hpp"
#include "runtime/keras/functions/functions.hpp"

// Functions along axes: norms, sorting, running sums.

namespace keraunos::keras {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Norms ------------------------------------------------------------------------------------------

ValueId sum(LayerCall& call, ValueId value, const std::vector<std::size_t>& axes, bool keeps) {
  std::vector<std::size_t> ascending = axes;
  std::ranges::sort(ascending);
  return reduce(call, ReduceFn::sum, value, std::move(ascending), keeps);
}

// Of all cells of the axes as one vector.
ValueId vector_norm(LayerCall& call, ValueId value, const std::vector<std::size_t>& axes,
                    double order) {
  const ValueId magnitude = unary(call, UnaryFn::absolute, value);
  std::vector<std::size_t> ascending = axes;
  std::ranges::sort(ascending);
  if (order == infinity) return reduce(call, ReduceFn::max, magnitude, ascending, true);
  if (order == 1) return sum(call, magnitude, axes, true);
  if (order == 2) {
    return unary(call, UnaryFn::sqrt, sum(call, unary(call, UnaryFn::square, value), axes, true));
  }
  const ValueId powers = call.binary(BinaryFn::power, magnitude, call.scalar(order));
  return call.binary(BinaryFn::power, sum(call, powers, axes, true), call.scalar(1 / order));
}

// The order of a norm; "euclidean" and "fro" are the same.
double order_of(const LayerCall& call) {
  const auto order = constant_parameter(call, "ord");
  if (!order) return 2;
  const bool named = order->is_string();
  if (named && (order->as_string() == "euclidean" || order->as_string() == "fro")) return 2;
  if (!named && order->is_number() && order->as_double() > 0) return order->as_double();
  fail(ErrorCode::unsupported, "called with ord={}, which is not supported", order->dump(60));
}

ValueId norm_of(LayerCall& call, ValueId value, const std::vector<std::size_t>& axes) {
  const double order = order_of(call);
  const auto given = constant_parameter(call, "ord");
  const bool euclidean = !given || given->is_string();
  if (euclidean || axes.size() != 2 || call.argument("axis") == nullptr) {
    return vector_norm(call, value, axes, order);
  }
  // The largest sum of a column (1) or a row (infinity) of a matrix.
  if (order != 1 && order != infinity) {
    fail(ErrorCode::unsupported, "called with ord={} for matrices, which is not supported", order);
  }
  const std::size_t summed = axes[order == 1 ? 0 : 1];
  const std::size_t compared = axes[order == 1 ? 1 : 0];
  const ValueId sums = sum(call, unary(call, UnaryFn::absolute, value), {summed}, true);
  return reduce(call, ReduceFn::max, sums, {compared}, true);
}

std::vector<ValueId> import_norm(LayerCall& call) {
  const Real x = first_tensor(call);
  const auto axes = axes_parameter(call, "axis", call.rank(x.value));
  const ValueId norm = norm_of(call, x.value, axes);
  const bool keeps = flag_parameter(call, "keepdims") || flag_parameter(call, "keep_dims");
  return result_of(call, x, keeps ? norm : squeeze(call, norm, axes));
}

// x / norm, and the norm.
std::vector<ValueId> import_normalize(LayerCall& call) {
  const Real x = first_tensor(call);
  const ValueId norm = norm_of(call, x.value, axes_parameter(call, "axis", call.rank(x.value)));
  const ValueId quotient = call.binary(BinaryFn::divide, x.value, norm);
  return {call.cast(quotient, x.dtype), call.cast(norm, x.dtype)};
}

// x * bound / max(norm, bound), whose products come first.
std::vector<ValueId> import_clip_by_norm(LayerCall& call) {
  const Real x = first_tensor(call);
  const auto axes = axes_parameter(call, "axes", call.rank(x.value));
  const ValueId bound = tensor_like(call, x, "clip_norm");
  const ValueId norm = vector_norm(call, x.value, axes, 2);
  const ValueId scaled = call.binary(BinaryFn::multiply, x.value, bound);
  return result_of(
      call, x, call.binary(BinaryFn::divide, scaled, call.binary(BinaryFn::maximum, norm, bound)));
}

std::vector<ValueId> import_count_nonzero(LayerCall& call) {
  const Operand input = operand(call, "", 0);
  const ValueId nonzero = call.cast(as_stored(call, input, DType::boolean), DType::int64);
  const auto axes = axes_parameter(call, "axis", call.rank(nonzero));
  const bool keeps = flag_parameter(call, "keepdims") || flag_parameter(call, "keep_dims");
  const DType dtype = dtype_parameter(call, "dtype").value_or(DType::int64);
  return {call.cast(sum(call, nonzero, axes, keeps), dtype)};
}

// Sorting ----------------------------------------------------------------------------------------

template <std::size_t output>
std::vector<ValueId> import_sort(LayerCall& call) {
  const Real values = first_tensor(call);
  const std::size_t rank = call.rank(values.value);
  const std::size_t axis = axis_parameter(call, "axis", rank).value_or(normalize_axis(-1, rank));
  const bool descending =
      text_parameter(call, "direction", "ASCENDING", {"ASCENDING", "DESCENDING"}) == "DESCENDING";
  ignore_parameters(call, {"stable"});  // always
  const ValueId sorted = call.emit_all(Sort{axis, descending}, {values.value})[output];
  return {output == 0 ? call.cast(sorted, values.dtype) : sorted};
}

// The place of each value among the sorted cells of its row.
std::vector<ValueId> import_searchsorted(LayerCall& call) {
  const Real sorted = first_tensor(call);
  const ValueId values = tensor_like(call, sorted, "values");
  const bool left = text_parameter(call, "side", "left", {"left", "right"}) == "left";
  const std::size_t rank = call.rank(sorted.value);
  call.require_rank(values, std::max<std::size_t>(rank, 1));
  const ValueId before =
      call.binary(left ? BinaryFn::less : BinaryFn::less_equal,
                  expand(call, sorted.value, rank - 1), expand(call, values, rank));
  const DType dtype = dtype_parameter(call, "out_type").value_or(DType::int32);
  return {sum(call, call.cast(before, dtype), {rank}, false)};
}

// Running sums -----------------------------------------------------------------------------------

std::size_t scan_axis(const LayerCall& call, ValueId value) {
  const std::size_t rank = call.rank(value);
  return axis_parameter(call, "axis", rank).value_or(normalize_axis(0, rank));
}

ValueId reversed(LayerCall& call, ValueId value, std::size_t axis) {
  const Dim size = call.shape(value)[axis];
  return slice(call, value, axis, size - Dim(1), size, -1);
}

// Moves all cells one place on: the first becomes `number`, the last is dropped.
ValueId shifted(LayerCall& call, ValueId value, std::size_t axis, double number) {
  Shape first = call.shape(value);
  const Dim rest = first[axis] - Dim(1);
  first[axis] = Dim(1);
  return concat(call,
                {filled(call, number, call.dtype(value), std::move(first)),
                 slice(call, value, axis, Dim(0), rest)},
                axis);
}

// With "exclusive" without the cell itself, with "reverse" from the end.
template <typename Run>
std::vector<ValueId> scan(LayerCall& call, double neutral, Run run) {
  const Real x = first_tensor(call);
  const std::size_t axis = scan_axis(call, x.value);
  const bool backwards = flag_parameter(call, "reverse");
  ValueId value = backwards ? reversed(call, x.value, axis) : x.value;
  if (flag_parameter(call, "exclusive")) value = shifted(call, value, axis, neutral);
  value = run(value, axis);
  return result_of(call, x, backwards ? reversed(call, value, axis) : value);
}

template <ScanFn fn>
std::vector<ValueId> import_scan(LayerCall& call) {
  return scan(call, fn == ScanFn::sum ? 0 : 1, [&](ValueId value, std::size_t axis) {
    return call.emit(Scan{fn, axis}, {value});
  });
}

// Each sum has a largest cell of its own: all pairs of cells are looked at.
ValueId running_logsumexp(LayerCall& call, ValueId value, std::size_t axis) {
  const Dim size = call.shape(value)[axis];
  Shape shape(call.rank(value) + 1, Dim(1));
  shape[axis] = size;
  shape[axis + 1] = size;
  const ValueId before = call.view(lower_triangle(call, size, size, 0), std::move(shape));
  const ValueId nothing = call.scalar(-infinity);
  const ValueId cells = select(call, before, expand(call, value, axis), nothing);
  const ValueId largest = reduce(call, ReduceFn::max, cells, {axis + 1}, true);
  const ValueId shift =
      select(call, unary(call, UnaryFn::is_finite, largest), largest, call.scalar(0));
  const ValueId powers =
      unary(call, UnaryFn::exponential, call.binary(BinaryFn::subtract, cells, shift));
  const ValueId sums = reduce(call, ReduceFn::sum, powers, {axis + 1}, true);
  return squeeze(call, call.binary(BinaryFn::add, unary(call, UnaryFn::log, sums), shift),
                 {axis + 1});
}

std::vector<ValueId> import_cumulative_logsumexp(LayerCall& call) {
  return scan(call, -infinity, [&](ValueId value, std::size_t axis) {
    return running_logsumexp(call, value, axis);
  });
}

constexpr std::array functions = {
    LayerClass{"norm", import_norm},
    LayerClass{"linalg.norm", import_norm},
    LayerClass{"linalg.normalize", import_normalize},
    LayerClass{"clip_by_norm", import_clip_by_norm},
    LayerClass{"math.count_nonzero", import_count_nonzero},
    LayerClass{"sort", import_sort<0>},
    LayerClass{"argsort", import_sort<1>},
    LayerClass{"searchsorted", import_searchsorted},
    LayerClass{"math.cumsum", import_scan<ScanFn::sum>},
    LayerClass{"math.cumprod", import_scan<ScanFn::prod>},
    LayerClass{"math.cumulative_logsumexp", import_cumulative_logsumexp},
};

}  // namespace

const std::span<const LayerClass> tf_axis_functions = functions;

}  // namespace keraunos::keras
