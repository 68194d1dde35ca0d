#pragma once

#include <cstdint>
#include <span>

#include "keraunos/tensor.hpp"

namespace keraunos {

/// Elements from one cell of an axis to the next, for dense row-major tensors.
inline Dims row_major_strides(std::span<const std::int64_t> dims) {
  Dims strides(dims.size());
  std::int64_t stride = 1;
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= dims[axis];
  }
  return strides;
}

/// Where the cell with row-major number `index` in a box of sizes `dims` lies under `strides`.
inline std::int64_t offset_of(std::int64_t index, std::span<const std::int64_t> dims,
                              std::span<const std::int64_t> strides) {
  std::int64_t offset = 0;
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    offset += index % dims[axis] * strides[axis];
    index /= dims[axis];
  }
  return offset;
}

/// The strides of a tensor of sizes `input` broadcast to `output`: 0 along repeated axes.
inline Dims broadcast_strides(const Dims& input, const Dims& output) {
  const Dims dense = row_major_strides(input);
  const std::size_t missing = output.size() - input.size();
  Dims strides(output.size(), 0);
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    if (input[axis] != 1) strides[missing + axis] = dense[axis];
  }
  return strides;
}

/// Two boxes of axes of one tensor: those that an op works on together, and the others.
struct AxisSplit {
  Dims outer_dims, outer_strides;  // the axes that stay
  Dims inner_dims, inner_strides;  // the axes in `axes`

  AxisSplit(std::span<const std::int64_t> dims, std::span<const std::size_t> axes) {
    const Dims strides = row_major_strides(dims);
    std::size_t next = 0;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      const bool inner = next < axes.size() && axes[next] == axis;
      next += inner ? 1 : 0;
      (inner ? inner_dims : outer_dims).push_back(dims[axis]);
      (inner ? inner_strides : outer_strides).push_back(strides[axis]);
    }
  }

  std::int64_t outer_size() const { return element_count(outer_dims); }
  std::int64_t inner_size() const { return element_count(inner_dims); }
};

}  // namespace keraunos
