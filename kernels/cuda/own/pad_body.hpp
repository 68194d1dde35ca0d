#pragma once

#include "kernels/cuda/own/element.hpp"
#include "kernels/cuda/own/index_space.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// Axes of a padded tensor; inner axes without padding are merged into the axis before them.
struct PadAxes {
  int rank = 0;
  std::int64_t input[max_axes] = {};
  std::int64_t output[max_axes] = {};
  std::int64_t before[max_axes] = {};
};

/// A cell of the index space is a cell of the output.
template <typename Element>
struct PadBody {
  std::int64_t size = 0;
  PadAxes axes;
  Element fill = 0;
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    output = args.output<Element>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    std::int64_t rest = i;
    std::int64_t source = 0;
    std::int64_t stride = 1;
    bool inside = true;
    for (int axis = axes.rank - 1; axis >= 0; --axis) {
      const std::int64_t cell = take_coordinate(rest, axes.output[axis]) - axes.before[axis];
      inside = inside && cell >= 0 && cell < axes.input[axis];
      source += cell * stride;
      stride *= axes.input[axis];
    }
    output[i] = inside ? input[source] : fill;
  }
};

Verdict accepts_pad(const NodeView& node, const BuildOptions& options);
ForEachElement<PadBody> make_pad_body(const NodeView& node);

}  // namespace keraunos::cuda
