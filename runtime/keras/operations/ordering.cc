#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

// Places of extremes, sorting, and quantiles.

namespace keraunos::keras {
namespace {

// A bool counts as a number.
ValueId as_number(LayerCall& call, const Operand& x) {
  return as_computed(call, x, x.type.dtype == DType::boolean ? DType::int32 : x.type.dtype);
}

// Along the axis of the config, or along all cells as one row.
struct Row {
  ValueId value;
  std::size_t axis = 0;
  bool flat = false;

  Row(LayerCall& call, ValueId whole, std::int64_t fallback) : value(whole) {
    const auto named =
        call.rank(whole) > 0 ? axis_option(call, call.rank(whole), fallback) : std::nullopt;
    flat = !named;
    axis = named.value_or(0);
    if (flat) value = flatten(call, whole);
  }
};

// Where `skips_nan`, NaN never wins, and a row of nothing else gives -1.
template <bool largest, bool skips_nan>
std::vector<ValueId> import_arg_extreme(LayerCall& call) {
  constexpr float never = largest ? -INFINITY : INFINITY;
  const Operand x = first_operand(call);
  const ValueId whole = as_number(call, x);
  const bool has_axis = call.config().find("axis").has_value();
  const ValueId row = has_axis ? whole : flatten(call, whole);
  const std::size_t axis = has_axis ? *axis_option(call, call.rank(whole), 0) : 0;
  const bool clean = skips_nan && is_floating(x.type.dtype);
  ValueId cells = row;
  if (clean) cells = select(call, unary(call, UnaryFn::is_nan, row), call.scalar(never), row);
  ValueId result = call.emit(ArgReduce{largest, axis, false}, {cells});
  if (clean) {
    const ValueId nothing =
        reduce(call, ReduceFn::all, unary(call, UnaryFn::is_nan, row), {axis}, false);
    result = select(call, nothing, call.scalar(-1, DType::int32), result);
  }
  if (!call.config().flag_or("keepdims", false)) return {result};
  Shape shape = has_axis ? call.shape(whole) : Shape(call.rank(whole), Dim(1));
  if (has_axis) shape[axis] = Dim(1);
  return {call.view(result, std::move(shape))};
}

std::vector<ValueId> import_sort(LayerCall& call) {
  const Operand x = first_operand(call);
  const Row row(call, as_number(call, x), -1);
  return {call.cast(call.emit_all(Sort{row.axis, false}, {row.value})[0], x.type.dtype)};
}

std::vector<ValueId> import_argsort(LayerCall& call) {
  const Row row(call, as_number(call, first_operand(call)), -1);
  return {call.emit_all(Sort{row.axis, false}, {row.value})[1]};
}

std::vector<ValueId> import_top_k(LayerCall& call) {
  const Operand x = first_operand(call);
  const ValueId value = as_number(call, x);
  const Dim k(call.config().integer("k", 0));
  const std::size_t last = normalize_axis(-1, call.rank(value));
  std::vector<ValueId> sorted = call.emit_all(Sort{last, true}, {value});
  for (ValueId& output : sorted) output = slice(call, output, last, Dim(0), k);
  sorted[0] = call.cast(sorted[0], x.type.dtype);
  return sorted;
}

// True where fewer than k predictions are above the target's.
std::vector<ValueId> import_in_top_k(LayerCall& call) {
  const Operand targets = strong_operand(call, "targets", 0);
  const Operand predictions = strong_operand(call, "predictions", 1);
  const double k = static_cast<double>(call.config().integer("k", 0));
  const ValueId scores = as_computed(call, predictions, predictions.type.dtype);
  call.require_rank(scores, 2);
  const ValueId place = expand(call, as_stored(call, targets, DType::int32), 1);
  const ValueId own = call.emit(GatherAlong{1}, {scores, place});
  const ValueId above = call.cast(call.binary(BinaryFn::greater, scores, own), DType::int32);
  const ValueId count = reduce(call, ReduceFn::sum, above, {1}, false);
  return {call.binary(BinaryFn::less, count, call.scalar(k, DType::int32))};
}

// Quantiles --------------------------------------------------------------------------------------

// One quantile of sorted rows of `size` cells (last axis), as Keras on TensorFlow places it: the
// place in double precision, the weights in float32.
ValueId quantile_of_sorted(LayerCall& call, ValueId sorted, std::int64_t size, double q,
                           const std::string& method) {
  if (!(q >= 0 && q <= 1)) fail(ErrorCode::malformed_file, "a quantile of {}", q);
  const std::size_t last = call.rank(sorted) - 1;
  const auto cell = [&](double place) {
    const auto index =
        std::min(std::max(static_cast<std::int64_t>(place), std::int64_t{0}), size - 1);
    return squeeze(call, slice(call, sorted, last, Dim(index), Dim(1)), {last});
  };
  const double place = static_cast<double>(size - 1) * q;
  if (method == "lower") return cell(std::floor(place));
  if (method == "higher") return cell(std::ceil(place));
  if (method == "nearest") return cell(std::nearbyint(place));
  const auto between = [&](double low, double high, double low_weight) {
    return call.binary(BinaryFn::add,
                       linear(call, cell(high), static_cast<float>(1 - low_weight), 0),
                       linear(call, cell(low), static_cast<float>(low_weight), 0));
  };
  if (method == "midpoint") return between(std::floor(place), std::ceil(place), 0.5);
  const double low = std::max(std::ceil(place) - 1, 0.0);
  const double high = std::min(low + 1, static_cast<double>(size - 1));
  return between(low, high, high - place);
}

std::vector<ValueId> quantiles(LayerCall& call, const std::vector<double>& places, bool as_axis,
                               const std::string& method) {
  const Operand x = first_operand(call);
  const DType dtype = float_result(x.type.dtype);
  ValueId value = as_computed(call, x, dtype);
  const auto axes = axes_option(call, call.rank(value));
  const Shape kept = kept_shape(call, value, axes);
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    ends.push_back(call.rank(value) - axes.size() + i);
  }
  value = move_axes(call, value, axes, ends);
  Shape rows = call.shape(value);
  const auto first = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() - axes.size());
  const std::int64_t size =
      known_size(element_count(Shape(first, rows.end())), "a quantile's axis");
  if (size < 1) fail(ErrorCode::shape_mismatch, "a quantile of no cells");
  rows.erase(first, rows.end());
  rows.emplace_back(size);
  value = call.view(value, std::move(rows));
  const std::size_t last = call.rank(value) - 1;
  const ValueId sorted = call.emit_all(Sort{last, false}, {value})[0];
  const ValueId has_nan =
      reduce(call, ReduceFn::any, unary(call, UnaryFn::is_nan, value), {last}, false);
  std::vector<ValueId> results;
  for (const double place : places) {
    const ValueId result = select(call, has_nan, call.scalar(NAN),
                                  quantile_of_sorted(call, sorted, size, place, method));
    results.push_back(call.config().flag_or("keepdims", false) ? call.view(result, kept) : result);
  }
  return {call.cast(as_axis ? stack(call, std::move(results), 0) : results[0], dtype)};
}

std::vector<ValueId> import_median(LayerCall& call) {
  return quantiles(call, {0.5}, false, "linear");
}

template <int whole>
std::vector<ValueId> import_quantile(LayerCall& call) {
  const Operand q = operand(call, "q", 1);
  if (!q.is_constant() || q.constant->dims().size() > 1 || q.constant->size() < 1 ||
      q.constant->size() > 1000) {
    fail(ErrorCode::unsupported, "called with q that is not a number or a short list of numbers");
  }
  // q is a float32 tensor in Keras, also where it is divided by 100.
  const Tensor numbers = q.constant->cast(DType::float32);
  std::vector<double> places;
  for (const float number : numbers.as<float>()) places.push_back(number / float{whole});
  // As an operation of a graph, Keras's Quantile interpolates whatever its method is.
  const std::string method =
      call.config().choice("method", {"linear", "lower", "higher", "midpoint", "nearest"});
  return quantiles(call, places, q.constant->dims().size() == 1, whole == 1 ? "linear" : method);
}

constexpr std::array classes = {
    LayerClass{"Argmax", import_arg_extreme<true, false>},
    LayerClass{"Argmin", import_arg_extreme<false, false>},
    LayerClass{"Nanargmax", import_arg_extreme<true, true>},
    LayerClass{"Nanargmin", import_arg_extreme<false, true>},
    LayerClass{"Sort", import_sort},
    LayerClass{"Argsort", import_argsort},
    LayerClass{"TopK", import_top_k},
    LayerClass{"InTopK", import_in_top_k},
    LayerClass{"Median", import_median},
    LayerClass{"Quantile", import_quantile<1>},
    LayerClass{"Percentile", import_quantile<100>},
};

}  // namespace

const std::span<const LayerClass> ordering_operations = classes;

}  // namespace keraunos::keras
