#pragma once

#include <span>
#include <vector>

#include "keraunos/tensor.hpp"
#include "kernels/cuda/own/index_space.hpp"

// Index arithmetic that is done once, on the host, when a kernel is created.

namespace keraunos::cuda {

/// One axis of an index space and what a step along it costs in memory, in elements.
struct StridedAxis {
  std::int64_t size = 1;
  std::int64_t stride = 0;
};

/// The index space of `axes`, outermost first, with mergeable axes merged and those of size 1 left
/// out. Throws Error(internal) where more than max_axes remain.
StridedIndex make_strided_index(std::span<const StridedAxis> axes);
StridedIndex make_strided_index(std::span<const std::int64_t> sizes,
                                std::span<const std::int64_t> strides);

/// A dense tensor of sizes `input` seen with the sizes `output` that it is broadcast to, stride 0
/// along what repeats. A whole tensor and a scalar merge into one axis, and a vector along the last
/// into two, so that none of the common forms divides more than once.
StridedIndex make_broadcast_index(const Dims& input, const Dims& output);

/// The strides of dense row-major elements.
std::vector<std::int64_t> dense_strides(std::span<const std::int64_t> dims);

/// The axes of `dims` whose index is in `axes` (or, with `wanted` false, is not), with their dense
/// strides.
std::vector<StridedAxis> select_axes(std::span<const std::int64_t> dims,
                                     std::span<const std::size_t> axes, bool wanted);

/// Cells of an index space.
std::int64_t cell_count(std::span<const StridedAxis> axes);

}  // namespace keraunos::cuda
