#pragma once

#include <vector>

#include "runtime/keras/layer.hpp"

// Ops in the forms in which operations combine them.

namespace keraunos::keras {

inline ValueId unary(LayerCall& call, UnaryFn fn, ValueId value) {
  return call.emit(Unary{fn}, {value});
}
/// value * scale + shift.
ValueId linear(LayerCall& call, ValueId value, float scale, float shift);
ValueId select(LayerCall& call, ValueId condition, ValueId if_true, ValueId if_false);

/// Over no axes: `value` itself.
ValueId reduce(LayerCall& call, ReduceFn fn, ValueId value, std::vector<std::size_t> axes,
               bool keepdims);

/// Reorders axes; nothing where they are in order already.
ValueId transpose(LayerCall& call, ValueId value, std::vector<std::size_t> permutation);
/// Moves the axes `source` to `destination`, as numpy's moveaxis.
ValueId move_axes(LayerCall& call, ValueId value, const std::vector<std::size_t>& source,
                  const std::vector<std::size_t>& destination);
/// All axes as one.
ValueId flatten(LayerCall& call, ValueId value);
/// With a new axis of 1 at `axis` of the result.
ValueId expand(LayerCall& call, ValueId value, std::size_t axis);
/// Without the axes `axes`, which are 1.
ValueId squeeze(LayerCall& call, ValueId value, const std::vector<std::size_t>& axes);
/// The shape of `value` with the axes `axes` as 1.
Shape kept_shape(const LayerCall& call, ValueId value, const std::vector<std::size_t>& axes);
ValueId broadcast_to(LayerCall& call, ValueId value, Shape shape);

/// `size` cells of one axis from `start` on; a step of -1 goes backwards.
ValueId slice(LayerCall& call, ValueId value, std::size_t axis, const Dim& start, const Dim& size,
              std::int64_t step = 1);
ValueId concat(LayerCall& call, std::vector<ValueId> values, std::size_t axis);
ValueId stack(LayerCall& call, std::vector<ValueId> values, std::size_t axis);
/// Repeats every cell of an axis `count` times.
ValueId repeat(LayerCall& call, ValueId value, std::size_t axis, const Dim& count);

/// 0, 1, ..., count-1 as int32.
ValueId iota(LayerCall& call, const Dim& count);
/// (rows, columns) of bool: true where column <= row + k.
ValueId lower_triangle(LayerCall& call, const Dim& rows, const Dim& columns, std::int64_t k);
/// A scalar of `number` in dtype `dtype`, repeated to `shape`.
ValueId filled(LayerCall& call, double number, DType dtype, Shape shape);

/// The number of `dim`, where it does not depend on the batch; else an error that names `what`.
std::int64_t known_size(const Dim& dim, std::string_view what);

}  // namespace keraunos::keras
