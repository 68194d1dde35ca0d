#pragma once

#include "kernels/cuda/own/pack4.hpp"
#include "kernels/cuda/own/sliding.hpp"

namespace keraunos::cuda {

/// PoolBody where channels are a multiple of four: a cell of the index space is four neighbouring
/// channels of an output position.
template <typename Element>
struct PackedPoolBody {
  PoolFn fn = PoolFn::max;
  Sliding sliding;
  std::int64_t channels = 0;
  std::int64_t input_row = 0;  // elements from one cell of a tensor to the next
  std::int64_t output_row = 0;
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    output = args.output<Element>();
  }

  std::int64_t count() const { return sliding.positions() * (channels / Pack4<Element>::size); }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    std::int64_t output_position = i;
    const std::int64_t channel =
        take_coordinate(output_position, channels / Pack4<Element>::size) * Pack4<Element>::size;
    const bool is_max = fn == PoolFn::max;
    Float4 results;
    results.each([&](float, int) { return is_max ? -infinity : 0.0F; });
    std::int64_t cells = 0;
    sliding.for_each_cell(sliding.place(output_position), [&](std::int64_t cell, std::int64_t) {
      const Float4 values = Float4::load(input + cell * input_row + channel);
      results.each([&](float result, int lane) {
        return is_max ? max_or_nan(result, values.lanes[lane]) : result + values.lanes[lane];
      });
      ++cells;
    });
    if (!is_max) {
      const auto count = static_cast<float>(cells);
      results.each([&](float sum, int) { return sum / count; });
    }
    results.store(output + output_position * output_row + channel);
  }
};

/// A multiple of four channels, and windows of at most 64 cells: sums are held in float32.
Verdict accepts_packed_pool(const NodeView& node, const BuildOptions& options);
ForEachFloat<PackedPoolBody> make_packed_pool_body(const NodeView& node);

}  // namespace keraunos::cuda
