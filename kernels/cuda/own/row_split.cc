#include "kernels/cuda/own/row_split.hpp"

#include "kernels/cuda/own/strided.hpp"

namespace keraunos::cuda {
namespace {

/// The lanes of a warp read neighbours where a row is contiguous. Elsewhere rows lie side by side,
/// so that one thread for each is better, unless that leaves the GPU idle.
bool prefers_one_thread(const RowSplit& split) {
  constexpr std::int64_t short_row = 32;
  constexpr std::int64_t many_rows = 8192;
  if (split.length < short_row) return true;
  const StridedIndex& columns = split.column_index;
  const bool contiguous = columns.rank > 0 && columns.strides[columns.rank - 1] == 1;
  return !contiguous && split.rows >= many_rows;
}

}  // namespace

RowSplit make_row_split(std::span<const std::int64_t> dims, std::span<const std::size_t> axes) {
  const std::vector<StridedAxis> rows = select_axes(dims, axes, false);
  const std::vector<StridedAxis> columns = select_axes(dims, axes, true);
  RowSplit split;
  split.rows = cell_count(rows);
  split.length = cell_count(columns);
  split.row_index = make_strided_index(rows);
  split.column_index = make_strided_index(columns);
  split.one_thread_per_row = prefers_one_thread(split);
  return split;
}

}  // namespace keraunos::cuda
