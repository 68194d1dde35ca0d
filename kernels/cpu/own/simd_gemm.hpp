// Part of simd_body.hpp: the register-blocked matrix product that convolutions and Dense run on.

namespace {

/// `rows` rows of `vectors` vectors, kept in registers. A product of few accumulators waits for its
/// own results, so `chains` steps of the depth run side by side.
template <int rows, int vectors, int chains>
inline void gemm_tile(const GemmBlock& block, const float* src, float* dst) {
  Vector sums[chains][rows][vectors] = {};
  const float* panel = block.panel;
  const std::int64_t step = block.src_step;
  for (const std::int64_t segment : block.segments) {
    const float* cell = src + segment;
    std::int64_t left = block.segment_length;
    for (; left >= chains; left -= chains) {
      KERAUNOS_UNROLL
      for (int chain = 0; chain < chains; ++chain) {
        Vector weights[vectors];
        KERAUNOS_UNROLL
        for (int v = 0; v < vectors; ++v) weights[v] = load(panel + v * lanes);
        KERAUNOS_UNROLL
        for (int row = 0; row < rows; ++row) {
          const Vector x = broadcast(cell[row * step]);
          KERAUNOS_UNROLL
          for (int v = 0; v < vectors; ++v) sums[chain][row][v] += x * weights[v];
        }
        panel += vectors * lanes;
        ++cell;
      }
    }
    for (; left > 0; --left) {
      KERAUNOS_UNROLL
      for (int row = 0; row < rows; ++row) {
        const Vector x = broadcast(cell[row * step]);
        KERAUNOS_UNROLL
        for (int v = 0; v < vectors; ++v) sums[0][row][v] += x * load(panel + v * lanes);
      }
      panel += vectors * lanes;
      ++cell;
    }
  }
  KERAUNOS_UNROLL
  for (int row = 0; row < rows; ++row) {
    KERAUNOS_UNROLL
    for (int v = 0; v < vectors; ++v) {
      Vector sum = sums[0][row][v];
      KERAUNOS_UNROLL
      for (int chain = 1; chain < chains; ++chain) sum += sums[chain][row][v];
      sum += load(block.bias + v * lanes);
      if (block.relu) sum = vector_relu(sum);
      store_part(dst + row * block.dst_step + v * lanes, sum, block.columns - v * lanes);
    }
  }
}

constexpr int max_rows = KERAUNOS_LANES == 16 ? 14 : KERAUNOS_LANES == 8 ? 6 : 4;
constexpr int wanted_accumulators = 8;  // latency times throughput of a fused multiply-add

template <int vectors, int rows = 1>
void gemm_tile_of(std::int64_t wanted_rows, const GemmBlock& block, const float* src, float* dst) {
  if constexpr (rows <= max_rows) {
    if (wanted_rows == rows) {
      constexpr int missing = (wanted_accumulators + rows * vectors - 1) / (rows * vectors);
      gemm_tile<rows, vectors, missing>(block, src, dst);
    } else {
      gemm_tile_of<vectors, rows + 1>(wanted_rows, block, src, dst);
    }
  }
}

void gemm(const GemmBlock& block, std::int64_t rows) {
  // Tiles of equal height: 15 rows are 8 + 7, not 14 + 1.
  const std::int64_t tiles = (rows + max_rows - 1) / max_rows;
  std::int64_t row = 0;
  for (std::int64_t tile = 0; tile < tiles; ++tile) {
    const std::int64_t end = rows * (tile + 1) / tiles;
    const float* src = block.src + row * block.src_step;
    float* dst = block.dst + row * block.dst_step;
    if (block.narrow) {
      gemm_tile_of<1>(end - row, block, src, dst);
    } else {
      gemm_tile_of<2>(end - row, block, src, dst);
    }
    row = end;
  }
}

}  // namespace
