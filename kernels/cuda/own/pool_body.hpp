#pragma once

#include "kernels/cuda/own/adaptive_windows.hpp"
#include "kernels/cuda/own/float_element.hpp"
#include "kernels/cuda/own/sliding.hpp"

namespace keraunos::cuda {

/// Max or average over windows; a cell of the index space is a cell of the output.
template <typename Element, typename Windows>
struct WindowPoolBody {
  PoolFn fn = PoolFn::max;
  Windows windows;
  std::int64_t channels = 0;
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    output = args.output<Element>();
  }

  std::int64_t count() const { return windows.positions() * channels; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    std::int64_t position = i;
    const Element* src = input + take_coordinate(position, channels);
    const auto place = windows.place(position);
    output[i] =
        from_float<Element>(fn == PoolFn::max ? max_at(src, place) : average_at(src, place));
  }

 private:
  template <typename Place>
  KERAUNOS_DEVICE float max_at(const Element* src, const Place& place) const {
    float max = -infinity;
    windows.for_each_cell(place, [&](std::int64_t cell, auto...) {
      max = max_or_nan(max, to_float(src[cell * channels]));
    });
    return max;
  }

  template <typename Place>
  KERAUNOS_DEVICE float average_at(const Element* src, const Place& place) const {
    double sum = 0;
    std::int64_t cells = 0;
    windows.for_each_cell(place, [&](std::int64_t cell, auto...) {
      sum += static_cast<double>(to_float(src[cell * channels]));
      ++cells;
    });
    return static_cast<float>(sum / static_cast<double>(cells));
  }
};

template <typename Element>
using PoolBody = WindowPoolBody<Element, Sliding>;
template <typename Element>
using AdaptivePoolBody = WindowPoolBody<Element, AdaptiveWindows>;

Verdict accepts_pool(const NodeView& node, const BuildOptions& options);
ForEachFloat<PoolBody> make_pool_body(const NodeView& node);

Verdict accepts_adaptive_pool(const NodeView& node, const BuildOptions& options);
ForEachFloat<AdaptivePoolBody> make_adaptive_pool_body(const NodeView& node);

}  // namespace keraunos::cuda
