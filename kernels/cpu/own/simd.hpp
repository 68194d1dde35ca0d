#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "runtime/ops/binary.hpp"
#include "runtime/ops/pool.hpp"
#include "runtime/ops/unary.hpp"

// The inner loops of our own kernels, compiled once per instruction set from simd_body.hpp; the
// processor decides at run time. All functions are single-threaded and allocate nothing.

namespace keraunos::cpu {

/// A block of rows of  dst = epilogue(src @ panel + bias)  for one panel of columns.
///
/// A row of `src` is a list of segments that need not touch each other: the rows of a window, for a
/// convolution. The panel holds its `columns` (at most panel_width) side by side for each cell of
/// each segment, padded with zeros to panel_width of the block, see pack_panel.
struct GemmBlock {
  const float* src;
  std::int64_t src_step;                   // floats from one row to the next
  std::span<const std::int64_t> segments;  // where they start, in floats from the row's start
  std::int64_t segment_length;
  const float* panel;
  const float* bias;  // panel_width floats
  float* dst;
  std::int64_t dst_step;
  std::int64_t columns;
  bool narrow;  // the panel is one vector wide instead of two
  bool relu;    // the epilogue: plain relu, or none
};

/// The cells of a window that lie inside the input: how many there are along depth, height and
/// width, and how far apart, in floats.
struct WindowCells {
  std::array<std::int64_t, 3> count;
  std::array<std::int64_t, 3> step;
};

/// Neighbouring outputs of a depthwise convolution whose windows hold the same cells.
struct DepthwiseRow {
  const float* src;       // the first cell of the first window
  std::int64_t src_step;  // floats from one window to the next
  WindowCells cells;
  const float* weights;  // of the first cell
  std::array<std::int64_t, 3> weights_step;
  const float* bias;  // null: none
  float* dst;
  std::int64_t outputs;
  std::int64_t channels;  // also the floats from one output to the next
  bool relu;
};

/// Neighbouring outputs of a pooling whose windows hold the same cells.
struct PoolRow {
  const float* src;
  std::int64_t src_step;
  WindowCells cells;
  float* dst;
  std::int64_t outputs;
  std::int64_t channels;
  PoolFn fn;
};

struct Simd {
  std::string_view name;  // "avx512"
  std::int64_t lanes;     // floats in a vector

  /// dst may be src.
  void (*unary)(const Unary& fn, const float* src, float* dst, std::int64_t count);
  /// a and b advance by a_step and b_step, which are 0 or 1.
  void (*binary)(BinaryFn fn, const float* a, std::int64_t a_step, const float* b,
                 std::int64_t b_step, float* dst, std::int64_t count);
  /// dst = src * scale + shift; scale and shift advance by `step`, 0 or 1. dst may be src.
  void (*affine)(const float* src, const float* scale, const float* shift, std::int64_t step,
                 float* dst, std::int64_t count);

  /// dst[i] = start + sum over t of weights[t] * src[t*step + i].
  void (*blend)(const float* src, std::int64_t step, std::span<const float> weights, float start,
                float* dst, std::int64_t count);
  void (*scale)(float factor, float* dst, std::int64_t count);

  /// All that is below sums in short chains: the error hardly grows with the count.
  float (*sum)(const float* src, std::int64_t count);
  /// The sum of (src - shift) * (src - shift).
  float (*sum_squares)(const float* src, float shift, std::int64_t count);
  /// NaN wins; -infinity for nothing.
  float (*max)(const float* src, std::int64_t count);
  /// dst = exp(src - shift); returns the sum. dst may be src.
  float (*exp_shifted)(const float* src, float shift, float* dst, std::int64_t count);
  /// The sum of exp(src - shift).
  float (*sum_exp_shifted)(const float* src, float shift, std::int64_t count);
  /// dst = (src - a) - b.
  void (*subtract)(const float* src, float a, float b, float* dst, std::int64_t count);

  void (*gemm)(const GemmBlock& block, std::int64_t rows);
  void (*depthwise)(const DepthwiseRow& row);
  void (*pool)(const PoolRow& row);

  std::int64_t panel_width(bool narrow) const { return narrow ? lanes : 2 * lanes; }
};

/// For this processor.
const Simd& simd();

/// All that this processor can run, the best last: for tests.
std::span<const Simd* const> simd_levels();

}  // namespace keraunos::cpu
