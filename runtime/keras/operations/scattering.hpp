#pragma once

#include "runtime/keras/layer.hpp"

// Writing to cells by number. Kernels only read by number, so that every slot looks at all updates:
// the work is the product of both numbers.

namespace keraunos::keras {

enum class ScatterFn { add, subtract, multiply, maximum, minimum, update };

/// Combines the rows of `base`, (slots, inner...), with the rows of `updates`, (n, inner...), that
/// belong to them by `places`, (n) of int32. A place outside counts for nothing; of several rows
/// for one slot the last one is what an update leaves.
ValueId scatter(LayerCall& call, ScatterFn fn, ValueId base, ValueId places, ValueId updates);

/// The same with rows of numbers: the last axis of `indices`, int32, points to cells of the first
/// axes of `base`, and `updates` holds what belongs to each row.
ValueId scatter_nd(LayerCall& call, ScatterFn fn, ValueId base, ValueId indices, ValueId updates);

/// The rows (n, k) of `indices`, int32, as places in a tensor whose first k axes are `sizes`, as if
/// these were one axis; `outside` stands for a row that points outside.
ValueId flat_places(LayerCall& call, ValueId indices, const Shape& sizes, std::int32_t outside);

/// The rows of each segment, (segments, inner...): of one that nothing belongs to `empty`.
ValueId reduce_segments(LayerCall& call, ScatterFn fn, ValueId data, ValueId segments,
                        const Dim& count, double empty);

}  // namespace keraunos::keras
