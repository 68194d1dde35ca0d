#include "runtime/keras/operations/scattering.hpp"

#include <cmath>

#include "runtime/base/fail.hpp"
#include "runtime/keras/operations/families.hpp"

namespace keraunos::keras {
namespace {

// (n, slots) of bool: whether a row belongs to a slot.
ValueId belongs(LayerCall& call, ValueId places, const Dim& slots) {
  return call.binary(BinaryFn::equal, expand(call, places, 1), expand(call, iota(call, slots), 0));
}

// A tensor over some first axes, spread over the axes of rows behind them.
ValueId over_rows(LayerCall& call, ValueId value, std::size_t inner) {
  Shape shape = call.shape(value);
  shape.insert(shape.end(), inner, Dim(1));
  return call.view(value, std::move(shape));
}

// The last row of each slot, and the slot itself where it has none.
ValueId updated(LayerCall& call, ValueId base, ValueId belonging, ValueId updates) {
  const Dim rows = call.shape(updates)[0];
  const ValueId none = call.scalar(-1, DType::int32);
  const ValueId numbers = expand(call, iota(call, rows), 1);
  const ValueId last =
      reduce(call, ReduceFn::max, select(call, belonging, numbers, none), {0}, false);
  const ValueId first = call.scalar(0, DType::int32);
  const ValueId row = call.emit(Gather{0}, {updates, call.binary(BinaryFn::maximum, last, first)});
  const ValueId has = call.binary(BinaryFn::greater_equal, last, first);
  return select(call, over_rows(call, has, call.rank(base) - 1), row, base);
}

struct Combination {
  ReduceFn reduce;
  BinaryFn combine;
  double neutral;
};

Combination combination_of(ScatterFn fn) {
  switch (fn) {
    case ScatterFn::subtract: return {ReduceFn::sum, BinaryFn::subtract, 0};
    case ScatterFn::multiply: return {ReduceFn::prod, BinaryFn::multiply, 1};
    case ScatterFn::maximum: return {ReduceFn::max, BinaryFn::maximum, -INFINITY};
    case ScatterFn::minimum: return {ReduceFn::min, BinaryFn::minimum, INFINITY};
    default: return {ReduceFn::sum, BinaryFn::add, 0};
  }
}

// The least and largest numbers of integers stand for infinities.
double neutral_number(double number, DType dtype) {
  if (is_floating(dtype) || std::isfinite(number)) return number;
  const double most = dtype == DType::int64 ? 0x1p62 : 0x1p31 - 1;
  return number > 0 ? most : -most;
}

// What all rows of a slot come to.
ValueId gathered(LayerCall& call, const Combination& way, ValueId belonging, ValueId updates,
                 double empty) {
  const ValueId mine = over_rows(call, belonging, call.rank(updates) - 1);
  const DType dtype = call.dtype(updates);
  const ValueId other = call.scalar(neutral_number(way.neutral, dtype), dtype);
  const ValueId cells = select(call, mine, expand(call, updates, 1), other);
  const ValueId combined = reduce(call, way.reduce, cells, {0}, false);
  if (empty == way.neutral) return combined;
  const ValueId any = reduce(call, ReduceFn::any, belonging, {0}, false);
  return select(call, over_rows(call, any, call.rank(updates) - 1), combined,
                call.scalar(neutral_number(empty, dtype), dtype));
}

}  // namespace

ValueId scatter(LayerCall& call, ScatterFn fn, ValueId base, ValueId places, ValueId updates) {
  const ValueId belonging = belongs(call, places, call.shape(base)[0]);
  if (fn == ScatterFn::update) return updated(call, base, belonging, updates);
  const Combination way = combination_of(fn);
  return call.binary(way.combine, base, gathered(call, way, belonging, updates, way.neutral));
}

ValueId flat_places(LayerCall& call, ValueId indices, const Shape& sizes, std::int32_t outside) {
  const ValueId zero = call.scalar(0, DType::int32);
  const auto index_of = [&](std::size_t axis) {
    return squeeze(call, slice(call, indices, 1, Dim(static_cast<std::int64_t>(axis)), Dim(1)),
                   {1});
  };
  // The first axis may be open: a place beyond its end is beyond all cells.
  ValueId place = index_of(0);
  ValueId valid = call.binary(BinaryFn::greater_equal, place, zero);
  for (std::size_t axis = 1; axis < sizes.size(); ++axis) {
    const ValueId index = index_of(axis);
    const std::int64_t size = known_size(sizes[axis], "an axis that numbers point into");
    const ValueId count = call.scalar(static_cast<double>(size), DType::int32);
    const ValueId inside =
        call.binary(BinaryFn::logical_and, call.binary(BinaryFn::greater_equal, index, zero),
                    call.binary(BinaryFn::less, index, count));
    valid = call.binary(BinaryFn::logical_and, valid, inside);
    place = call.binary(BinaryFn::add, call.binary(BinaryFn::multiply, place, count), index);
  }
  return select(call, valid, place, call.scalar(outside, DType::int32));
}

ValueId scatter_nd(LayerCall& call, ScatterFn fn, ValueId base, ValueId indices, ValueId updates) {
  const Shape sizes = call.shape(base);
  const Shape places = call.shape(indices);
  call.require_least_rank(indices, 1);
  const auto depth =
      static_cast<std::size_t>(known_size(places.back(), "the last axis of indices"));
  if (depth == 0 || depth > sizes.size()) {
    fail(ErrorCode::shape_mismatch, "indices of {} for a tensor of {}", to_keras_string(places),
         to_keras_string(sizes));
  }
  const Shape pointed = Shape(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(depth));
  const Dim rows = element_count(Shape(places.begin(), places.end() - 1));
  const ValueId table = call.view(indices, {rows, Dim(static_cast<std::int64_t>(depth))});
  const ValueId flat =
      depth == 1 ? call.view(table, {rows}) : flat_places(call, table, pointed, -1);
  Shape merged = {element_count(pointed)};
  merged.insert(merged.end(), sizes.begin() + static_cast<std::ptrdiff_t>(depth), sizes.end());
  Shape lines = merged;
  lines[0] = rows;
  const ValueId result = scatter(call, fn, call.view(base, std::move(merged)), flat,
                                 call.view(updates, std::move(lines)));
  return call.view(result, sizes);
}

ValueId reduce_segments(LayerCall& call, ScatterFn fn, ValueId data, ValueId segments,
                        const Dim& count, double empty) {
  return gathered(call, combination_of(fn), belongs(call, segments, count), data, empty);
}

// keras.ops ---------------------------------------------------------------------------------------

namespace {

ValueId indices_operand(LayerCall& call, std::size_t position) {
  return as_stored(call, strong_operand(call, "indices", position), DType::int32);
}

std::vector<ValueId> import_scatter(LayerCall& call) {
  const ValueId indices = indices_operand(call, 0);
  const Operand values = strong_operand(call, "values", 1);
  const auto sizes = numbers_option(call, "shape");
  if (!sizes) fail(ErrorCode::malformed_file, "key 'shape': missing");
  Shape shape;
  for (const std::int64_t size : *sizes) {
    if (size < 0) fail(ErrorCode::malformed_file, "key 'shape': a size of {}", size);
    shape.emplace_back(size);
  }
  const ValueId updates = as_computed(call, values, values.type.dtype);
  const ValueId zeros = filled(call, 0, call.dtype(updates), std::move(shape));
  return {call.cast(scatter_nd(call, ScatterFn::add, zeros, indices, updates), values.type.dtype)};
}

std::vector<ValueId> import_scatter_update(LayerCall& call) {
  const Operand inputs = strong_operand(call, "inputs", 0);
  const DType dtype = inputs.type.dtype;
  const ValueId base = as_computed(call, inputs, dtype);
  const ValueId indices = indices_operand(call, 1);
  const ValueId updates = as_computed(call, strong_operand(call, "updates", 2), dtype);
  const auto reduction = call.config().find("reduction");
  ScatterFn fn = ScatterFn::update;
  if (reduction) {
    const std::string name = call.config().choice("reduction", {"add", "max", "min"});
    fn = name == "add" ? ScatterFn::add : name == "max" ? ScatterFn::maximum : ScatterFn::minimum;
  }
  return {call.cast(scatter_nd(call, fn, base, indices, updates), dtype)};
}

// Without a row, a segment is 0, 1 where it is a product, or the least or largest number that the
// dtype has.
template <ScatterFn fn>
std::vector<ValueId> import_segments(LayerCall& call) {
  const Operand data = strong_operand(call, "data", 0);
  const DType dtype = data.type.dtype;
  const ValueId segments = as_stored(call, strong_operand(call, "segment_ids", 1), DType::int32);
  call.require_rank(segments, 1);
  if (!call.config().find("num_segments")) {
    fail(ErrorCode::unsupported,
         "key 'num_segments': missing, and the size of the result depends on the data");
  }
  const Dim count(call.config().integer("num_segments", 0));
  static_cast<void>(call.config().find("sorted"));
  double empty = fn == ScatterFn::multiply ? 1 : 0;
  if (fn == ScatterFn::maximum) empty = is_floating(dtype) ? -0x1.fffffep127 : -0x1p31;
  if (fn == ScatterFn::minimum) empty = is_floating(dtype) ? 0x1.fffffep127 : 0x1p31 - 1;
  const ValueId rows = as_computed(call, data, dtype);
  return {call.cast(reduce_segments(call, fn, rows, segments, count, empty), dtype)};
}

constexpr std::array classes = {
    LayerClass{"Scatter", import_scatter},
    LayerClass{"ScatterUpdate", import_scatter_update},
    LayerClass{"SegmentSum", import_segments<ScatterFn::add>},
    LayerClass{"SegmentProd", import_segments<ScatterFn::multiply>},
    LayerClass{"SegmentMax", import_segments<ScatterFn::maximum>},
    LayerClass{"SegmentMin", import_segments<ScatterFn::minimum>},
};

}  // namespace

const std::span<const LayerClass> scattering_operations = classes;

}  // namespace keraunos::keras
