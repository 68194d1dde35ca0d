#include "kernels/cuda/own/strided.hpp"

#include <algorithm>

#include "kernels/reference/strides.hpp"
#include "runtime/base/fail.hpp"

namespace keraunos::cuda {

StridedIndex make_strided_index(std::span<const StridedAxis> axes) {
  std::vector<StridedAxis> merged;
  for (const StridedAxis& axis : axes) {
    if (axis.size == 1) continue;
    const bool continues = !merged.empty() && merged.back().stride == axis.size * axis.stride;
    if (continues) {
      merged.back() = {merged.back().size * axis.size, axis.stride};
    } else {
      merged.push_back(axis);
    }
  }
  if (merged.size() > max_axes) {
    fail(ErrorCode::internal, "an index space of {} axes, at most {} are possible", merged.size(),
         max_axes);
  }
  StridedIndex index;
  for (const StridedAxis& axis : merged) {
    index.sizes[index.rank] = axis.size;
    index.strides[index.rank] = axis.stride;
    ++index.rank;
  }
  return index;
}

StridedIndex make_strided_index(std::span<const std::int64_t> sizes,
                                std::span<const std::int64_t> strides) {
  std::vector<StridedAxis> axes;
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    axes.push_back({sizes[axis], strides[axis]});
  }
  return make_strided_index(axes);
}

StridedIndex make_broadcast_index(const Dims& input, const Dims& output) {
  return make_strided_index(output, broadcast_strides(input, output));
}

std::vector<std::int64_t> dense_strides(std::span<const std::int64_t> dims) {
  std::vector<std::int64_t> strides(dims.size());
  std::int64_t stride = 1;
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= dims[axis];
  }
  return strides;
}

std::vector<StridedAxis> select_axes(std::span<const std::int64_t> dims,
                                     std::span<const std::size_t> axes, bool wanted) {
  const std::vector<std::int64_t> strides = dense_strides(dims);
  std::vector<StridedAxis> selected;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    const bool found = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (found == wanted) selected.push_back({dims[axis], strides[axis]});
  }
  return selected;
}

std::int64_t cell_count(std::span<const StridedAxis> axes) {
  std::int64_t count = 1;
  for (const StridedAxis& axis : axes) count *= axis.size;
  return count;
}

}  // namespace keraunos::cuda
