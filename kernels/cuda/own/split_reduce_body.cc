#include "kernels/cuda/own/split_reduce_body.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/cuda/own/accept.hpp"

namespace keraunos::cuda {
namespace {

constexpr std::int64_t wanted_threads = 1 << 18;  // about what a large GPU holds at once
constexpr std::int64_t shortest_part = 64;  // shorter ones are not worth a second launch

bool are_neighbours(const std::vector<std::size_t>& axes) {
  return !axes.empty() && axes.back() - axes.front() + 1 == axes.size();
}

}  // namespace

SumShape sum_shape(const NodeView& node) {
  const Dims& dims = node.inputs[0].dims;
  const std::vector<std::size_t>& axes = node.as<Reduce>().axes;
  SumShape shape;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    std::int64_t& part = axis < axes.front()  ? shape.outer
                         : axis > axes.back() ? shape.inner
                                              : shape.length;
    part *= dims[axis];
  }
  const std::int64_t rows = std::max<std::int64_t>(shape.rows(), 1);
  shape.parts = std::clamp<std::int64_t>(wanted_threads / rows, 1,
                                         std::max<std::int64_t>(shape.length / shortest_part, 1));
  return shape;
}

Verdict accepts_split_reduce(const NodeView& node, const BuildOptions&) {
  const Reduce& reduce = node.as<Reduce>();
  if (reduce.fn != ReduceFn::mean && reduce.fn != ReduceFn::sum) {
    return Verdict::no(fmt::format("own split reduce does not compute {}", to_string(reduce.fn)));
  }
  if (!are_neighbours(reduce.axes) || reduce.axes.back() + 1 == node.inputs[0].dims.size()) {
    return Verdict::no("own split reduce wants neighbouring axes before the last");
  }
  const SumShape shape = sum_shape(node);
  if (shape.parts < 2) {
    return Verdict::no(fmt::format("own split reduce wants few long rows, got {} of {} cells",
                                   shape.rows(), shape.length));
  }
  return accept_float(node, "own split reduce");
}

}  // namespace keraunos::cuda
