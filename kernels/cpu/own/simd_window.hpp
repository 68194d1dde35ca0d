// Part of simd_body.hpp: depthwise convolution and pooling, with vectors along the channels.

namespace {

/// `width` neighbouring outputs: each weight is loaded once for all of them.
template <typename V, int width>
inline void depthwise_tile(const DepthwiseRow& row, std::int64_t output, std::int64_t channel) {
  const auto& [count, step] = row.cells;
  V sums[width];
  KERAUNOS_UNROLL
  for (V& sum : sums) sum = row.bias != nullptr ? load<V>(row.bias + channel) : V{};
  for (std::int64_t z = 0; z < count[0]; ++z) {
    for (std::int64_t y = 0; y < count[1]; ++y) {
      const float* src = row.src + output * row.src_step + z * step[0] + y * step[1] + channel;
      const float* weights =
          row.weights + z * row.weights_step[0] + y * row.weights_step[1] + channel;
      for (std::int64_t x = 0; x < count[2]; ++x) {
        const V weight = load<V>(weights);
        KERAUNOS_UNROLL
        for (int i = 0; i < width; ++i) sums[i] += load<V>(src + i * row.src_step) * weight;
        src += step[2];
        weights += row.weights_step[2];
      }
    }
  }
  float* dst = row.dst + output * row.channels + channel;
  KERAUNOS_UNROLL
  for (int i = 0; i < width; ++i) {
    store(dst + i * row.channels, row.relu ? vector_relu(sums[i]) : sums[i]);
  }
}

template <typename V>
inline void window_row(const DepthwiseRow& row, std::int64_t channel) {
  constexpr int width = 8;
  std::int64_t i = 0;
  for (; i + width <= row.outputs; i += width) depthwise_tile<V, width>(row, i, channel);
  for (; i + 2 <= row.outputs; i += 2) depthwise_tile<V, 2>(row, i, channel);
  if (i < row.outputs) depthwise_tile<V, 1>(row, i, channel);
}

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

void depthwise(const DepthwiseRow& row) { cover_channels(row); }
void pool(const PoolRow& row) { cover_channels(row); }

}  // namespace
