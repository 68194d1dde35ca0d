#pragma once

#include <cstdint>
#include <limits>

#include "runtime/base/device_code.hpp"

// What kernel bodies are made of. A body is a plain struct: its members are the parameters of one
// launch, and operator()(i) computes cell `i` of an index space, independently of all other cells.
// The same source is a CUDA kernel under nvcc (which needs --expt-relaxed-constexpr) and plain C++
// elsewhere, where tests run the whole index space in a loop under sanitizers.
//
// A body has
//   void bind(const KernelArgs&)                       takes the pointers of one run
//   std::int64_t count() const                         cells of the index space
//   KERAUNOS_DEVICE void operator()(std::int64_t i) const
// or, where the threads of a warp may share the work of a row,
//   RowSplit split                                     see row_split.hpp
//   template <typename Lanes>
//   KERAUNOS_DEVICE void operator()(std::int64_t row, const Lanes& lanes) const

namespace keraunos::cuda {

/// Axes that an index space of ours can have. Adjacent axes are merged where memory allows.
inline constexpr int max_axes = 8;

inline constexpr float infinity = std::numeric_limits<float>::infinity();

/// a / b for numbers that are not negative. A GPU divides 32 bits several times faster than 64, and
/// few tensors need more.
KERAUNOS_DEVICE inline std::int64_t quotient(std::int64_t a, std::int64_t b) {
  if (((a | b) >> 32) == 0) return static_cast<std::uint32_t>(a) / static_cast<std::uint32_t>(b);
  return a / b;
}

/// Where cell `i` of a row-major index space lies in memory: the sum of coordinate * stride.
struct StridedIndex {
  int rank = 0;
  std::int64_t sizes[max_axes] = {};
  std::int64_t strides[max_axes] = {};

  KERAUNOS_DEVICE std::int64_t operator()(std::int64_t i) const {
    std::int64_t offset = 0;
    for (int axis = rank - 1; axis > 0; --axis) {
      const std::int64_t rest = quotient(i, sizes[axis]);
      offset += (i - rest * sizes[axis]) * strides[axis];
      i = rest;
    }
    return rank > 0 ? offset + i * strides[0] : 0;
  }
};

/// Removes the innermost coordinate of an axis of `size` cells from `i` and returns it.
KERAUNOS_DEVICE inline std::int64_t take_coordinate(std::int64_t& i, std::int64_t size) {
  const std::int64_t rest = quotient(i, size);
  const std::int64_t coordinate = i - rest * size;
  i = rest;
  return coordinate;
}

KERAUNOS_DEVICE inline std::int64_t smaller(std::int64_t a, std::int64_t b) {
  return a < b ? a : b;
}
KERAUNOS_DEVICE inline std::int64_t larger(std::int64_t a, std::int64_t b) { return a < b ? b : a; }

/// The larger of two numbers, where NaN wins; fmax would drop it.
template <typename T>
KERAUNOS_DEVICE T max_or_nan(T a, T b) {
  return a > b || a != a ? a : b;
}
template <typename T>
KERAUNOS_DEVICE T min_or_nan(T a, T b) {
  return a < b || a != a ? a : b;
}

/// Not larger than `high` and not smaller than `low`; NaN stays.
KERAUNOS_DEVICE inline float clamp_or_nan(float x, float low, float high) {
  if (x < low) return low;
  return x > high ? high : x;
}

/// The threads that share a row: here only one. See WarpLanes in launch.cuh.
struct OneLane {
  KERAUNOS_DEVICE static std::int64_t index() { return 0; }
  KERAUNOS_DEVICE static std::int64_t count() { return 1; }
  /// The values of all lanes, combined by a function that does not mind their order.
  template <typename T, typename Combine>
  KERAUNOS_DEVICE static T reduce(T value, const Combine&) {
    return value;
  }
  KERAUNOS_DEVICE static double sum(double value) { return value; }
  KERAUNOS_DEVICE static float max(float value) { return value; }
};

template <typename Body>
concept RowBody = requires(const Body& body) {
  body.split.one_thread_per_row;
};

}  // namespace keraunos::cuda
