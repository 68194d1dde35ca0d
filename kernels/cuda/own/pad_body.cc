#include "kernels/cuda/own/pad_body.hpp"

#include "kernels/cuda/own/accept.hpp"
#include "runtime/base/convert.hpp"

namespace keraunos::cuda {
namespace {

PadAxes make_pad_axes(std::span<const std::int64_t> dims, std::span<const PadAmounts> amounts) {
  PadAxes axes;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    const auto [before, after] = amounts[axis];
    if (axes.rank > 0 && before == 0 && after == 0) {
      const int last = axes.rank - 1;
      axes.input[last] *= dims[axis];
      axes.output[last] *= dims[axis];
      axes.before[last] *= dims[axis];
    } else {
      axes.input[axes.rank] = dims[axis];
      axes.output[axes.rank] = before + dims[axis] + after;
      axes.before[axes.rank] = before;
      ++axes.rank;
    }
  }
  return axes;
}

}  // namespace

Verdict accepts_pad(const NodeView& node, const BuildOptions&) {
  return accept_rank(node, "own pad");
}

ForEachElement<PadBody> make_pad_body(const NodeView& node) {
  const Pad& pad = node.as<Pad>();
  const DType dtype = node.outputs[0].dtype;
  const PadAxes axes = make_pad_axes(node.inputs[0].dims, pad.amounts);
  return for_element_of<ForEachElement<PadBody>>(dtype, [&](auto fill) {
    convert(&pad.value, DType::float32, &fill, dtype, 1);
    return PadBody<decltype(fill)>{.size = node.outputs[0].size(), .axes = axes, .fill = fill};
  });
}

}  // namespace keraunos::cuda
