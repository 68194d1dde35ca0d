#pragma once

#include <cstddef>

#include "keraunos/dtype.hpp"

namespace keraunos {

/// Converts `count` dense elements as numpy's `astype` does: floats to integers truncate towards
/// zero (out of range and NaN give the type's lowest value), anything to bool is `x != 0`. `src`
/// need not be aligned; `dst` must be; they must not overlap. Strings convert to
/// strings only.
void convert(const void* src, DType src_dtype, void* dst, DType dst_dtype, std::size_t count);

}  // namespace keraunos
