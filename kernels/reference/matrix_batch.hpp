#pragma once

#include "kernels/reference/strides.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos {

/// The matrices of a BatchMatMul: (rows, depth) times (depth, columns), `count` times.
struct MatrixBatch {
  Dims dims;  // the axes before the matrices', neighbours merged where both inputs allow it
  Dims a_strides;
  Dims b_strides;  // 0 along repeated axes
  std::int64_t count;
  std::int64_t rows;
  std::int64_t depth;
  std::int64_t columns;
  std::int64_t a_row, a_column;  // elements from one row or column to the next
  std::int64_t b_row, b_column;

  explicit MatrixBatch(const NodeView& node) {
    const BatchMatMul& op = node.as<BatchMatMul>();
    const Dims& a = node.inputs[0].dims;
    const Dims& b = node.inputs[1].dims;
    const Dims& output = node.outputs[0].dims;
    rows = output[output.size() - 2];
    columns = output.back();
    depth = op.transpose_a ? a[a.size() - 2] : a.back();
    a_row = op.transpose_a ? 1 : depth;
    a_column = op.transpose_a ? rows : 1;
    b_row = op.transpose_b ? 1 : columns;
    b_column = op.transpose_b ? depth : 1;
    count = 1;
    for (std::size_t axis = 0; axis + 2 < output.size(); ++axis) {
      count *= output[axis];
      append(output[axis], stride(a, axis, output.size()), stride(b, axis, output.size()));
    }
  }

  std::int64_t a_offset(std::int64_t i) const { return offset_of(i, dims, a_strides); }
  std::int64_t b_offset(std::int64_t i) const { return offset_of(i, dims, b_strides); }

 private:
  /// Along axis `axis` of a result of rank `rank`.
  static std::int64_t stride(const Dims& input, std::size_t axis, std::size_t rank) {
    const std::size_t missing = rank - input.size();
    if (axis < missing || input[axis - missing] == 1) return 0;
    return row_major_strides(input)[axis - missing];
  }

  void append(std::int64_t size, std::int64_t a_stride, std::int64_t b_stride) {
    if (size == 1) return;
    if (!dims.empty() && a_strides.back() == a_stride * size &&
        b_strides.back() == b_stride * size) {
      dims.back() *= size;
      a_strides.back() = a_stride;
      b_strides.back() = b_stride;
      return;
    }
    dims.push_back(size);
    a_strides.push_back(a_stride);
    b_strides.push_back(b_stride);
  }
};

}  // namespace keraunos
