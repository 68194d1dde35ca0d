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

ValueId reduce_segments(LayerCall& call, ScatterFn fn, ValueId data, ValueId segments,
                        const Dim& count, double empty) {
  return gathered(call, combination_of(fn), belongs(call, segments, count), data, empty);
}

}  // namespace keraunos::keras
