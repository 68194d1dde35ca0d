#pragma once

#include "kernels/cuda/own/element.hpp"
#include "kernels/cuda/own/index_space.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// Copies one input of a concatenation: runs of `run` elements, `pitch` apart in the output. A cell
/// of the index space is a cell of the input.
template <typename Element>
struct ConcatBody {
  std::size_t part = 0;  // which input
  std::int64_t size = 0;
  std::int64_t run = 1;
  std::int64_t pitch = 1;
  std::int64_t start = 0;  // where the first run begins
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(part);
    output = args.output<Element>() + start;
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    std::int64_t row = i;
    const std::int64_t column = take_coordinate(row, run);
    output[row * pitch + column] = input[i];
  }
};

template <typename Element>
using ConcatBodies = std::vector<ConcatBody<Element>>;  // one per input that is not empty

Verdict accepts_concat(const NodeView& node, const BuildOptions& options);
ForEachElement<ConcatBodies> make_concat_bodies(const NodeView& node);

}  // namespace keraunos::cuda
