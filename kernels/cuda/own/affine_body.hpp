#pragma once

#include "kernels/cuda/own/float_element.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// output[i] = input[i] * scale[c] + shift[c] for cell c of an axis; input and output may be the
/// same.
template <typename Element>
struct AffineBody {
  std::int64_t size = 0;
  std::int64_t cells = 1;   // of the axis
  std::int64_t stride = 1;  // of the axis
  const Element* input = nullptr;
  const float* scale = nullptr;
  const float* shift = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    scale = args.input<float>(1);
    shift = args.input<float>(2);
    output = args.output<Element>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    std::int64_t rest = quotient(i, stride);
    const std::int64_t cell = take_coordinate(rest, cells);
    output[i] = from_float<Element>(to_float(input[i]) * scale[cell] + shift[cell]);
  }
};

Verdict accepts_affine(const NodeView& node, const BuildOptions& options);
ForEachFloat<AffineBody> make_affine_body(const NodeView& node);

}  // namespace keraunos::cuda
