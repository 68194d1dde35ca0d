// Part of simd_body.hpp: depthwise convolution, pooling and resizing: vectors along the channels.

namespace {

/// `width` neighbouring outputs of `vectors` neighbouring vectors: each weight is loaded once for
/// all outputs.
template <typename V, int width, int vectors>
inline void depthwise_tile(const DepthwiseRow& row, std::int64_t output, std::int64_t channel) {
  constexpr auto lanes_of_v = static_cast<std::int64_t>(sizeof(V) / sizeof(float));
  const auto& [count, step] = row.cells;
  V sums[width][vectors];
  KERAUNOS_UNROLL
  for (int v = 0; v < vectors; ++v) {
    KERAUNOS_UNROLL
    for (int i = 0; i < width; ++i) {
      sums[i][v] = row.bias != nullptr ? load<V>(row.bias + channel + v * lanes_of_v) : V{};
    }
  }
  for (std::int64_t z = 0; z < count[0]; ++z) {
    for (std::int64_t y = 0; y < count[1]; ++y) {
      const float* src = row.src + output * row.src_step + z * step[0] + y * step[1] + channel;
      const float* weights =
          row.weights + z * row.weights_step[0] + y * row.weights_step[1] + channel;
      for (std::int64_t x = 0; x < count[2]; ++x) {
        KERAUNOS_UNROLL
        for (int v = 0; v < vectors; ++v) {
          const V weight = load<V>(weights + v * lanes_of_v);
          KERAUNOS_UNROLL
          for (int i = 0; i < width; ++i) {
            sums[i][v] += load<V>(src + i * row.src_step + v * lanes_of_v) * weight;
          }
        }
        src += step[2];
        weights += row.weights_step[2];
      }
    }
  }
  float* dst = row.dst + output * row.channels + channel;
  KERAUNOS_UNROLL
  for (int i = 0; i < width; ++i) {
    KERAUNOS_UNROLL
    for (int v = 0; v < vectors; ++v) {
      store(dst + i * row.channels + v * lanes_of_v,
            row.relu ? vector_relu(sums[i][v]) : sums[i][v]);
    }
  }
}

template <typename V>
inline void window_row(const DepthwiseRow& row, std::int64_t channel) {
  std::int64_t i = 0;
  for (; i + 8 <= row.outputs; i += 8) depthwise_tile<V, 8, 1>(row, i, channel);
  for (; i + 4 <= row.outputs; i += 4) depthwise_tile<V, 4, 1>(row, i, channel);
  for (; i < row.outputs; ++i) depthwise_tile<V, 1, 1>(row, i, channel);
}

/// The arguments of Simd::blend.
struct BlendRow {
  const float* src;
  std::int64_t step;
  std::span<const float> weights;
  float start;
  float* dst;
  std::int64_t channels;
};

/// Folds the cells of one window, in runs short enough that a sum stays exact.
template <typename V, typename Fold>
inline V fold_window(const WindowCells& cells, const float* window, V start, Fold fold) {
  constexpr std::int64_t run = 64;
  V total = start;
  for (std::int64_t z = 0; z < cells.count[0]; ++z) {
    for (std::int64_t y = 0; y < cells.count[1]; ++y) {
      const float* src = window + z * cells.step[0] + y * cells.step[1];
      for (std::int64_t x = 0; x < cells.count[2]; x += run) {
        const std::int64_t end = x + run < cells.count[2] ? x + run : cells.count[2];
        V part = start;
        for (std::int64_t i = x; i < end; ++i) part = fold(part, load<V>(src + i * cells.step[2]));
        total = fold(total, part);
      }
    }
  }
  return total;
}

template <typename V>
inline void window_row(const PoolRow& row, std::int64_t channel) {
  const auto& count = row.cells.count;
  const auto cells = static_cast<float>(count[0] * count[1] * count[2]);
  for (std::int64_t i = 0; i < row.outputs; ++i) {
    const float* window = row.src + i * row.src_step + channel;
    float* dst = row.dst + i * row.channels + channel;
    if (row.fn == PoolFn::max) {
      store(dst, fold_window(row.cells, window, broadcast<V>(-infinity),
                             [](V a, V b) { return vector_larger(a, b); }));
    } else {
      store(dst, fold_window(row.cells, window, V{}, [](V a, V b) { return a + b; }) / cells);
    }
  }
}

template <typename V>
inline void window_row(const BlendRow& row, std::int64_t channel) {
  V sum = broadcast<V>(row.start);
  for (std::size_t i = 0; i < row.weights.size(); ++i) {
    const auto offset = static_cast<std::int64_t>(i) * row.step;
    sum += load<V>(row.src + offset + channel) * row.weights[i];
  }
  store(row.dst + channel, sum);
}

/// Calls window_row<V> for vectors that cover all channels. The last one overlaps the one before
/// it where it must: a cell computed twice is the same cell.
template <typename V, typename Row>
inline void for_each_vector(const Row& row) {
  constexpr auto width = static_cast<std::int64_t>(sizeof(V) / sizeof(float));
  for (std::int64_t channel = 0; channel < row.channels; channel += width) {
    const std::int64_t last = row.channels - width;
    window_row<V>(row, channel < last ? channel : last);
  }
}

/// Takes the widest vectors that the channels fill.
template <typename Row>
inline void cover_channels(const Row& row) {
  if (row.channels >= lanes) {
    for_each_vector<Vector>(row);
  } else if (row.channels >= 4) {
    for_each_vector<VectorOf<4>::type>(row);
  } else {
    for_each_vector<float>(row);
  }
}

void depthwise(const DepthwiseRow& row) {
  constexpr int vectors = 4;
  constexpr std::int64_t step = vectors * lanes;
  // Outputs at the edges come alone; several vectors then keep the processor busy.
  if (row.outputs < 4 && row.channels >= step) {
    for (std::int64_t i = 0; i < row.outputs; ++i) {
      for (std::int64_t channel = 0; channel < row.channels; channel += step) {
        const std::int64_t last = row.channels - step;
        depthwise_tile<Vector, 1, vectors>(row, i, channel < last ? channel : last);
      }
    }
  } else {
    cover_channels(row);
  }
}
void pool(const PoolRow& row) { cover_channels(row); }
void blend(const float* src, std::int64_t step, std::span<const float> weights, float start,
           float* dst, std::int64_t count) {
  cover_channels(BlendRow{src, step, weights, start, dst, count});
}

}  // namespace
