#include "kernels/cuda/own/binary_body.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/cuda/own/accept.hpp"
#include "kernels/cuda/own/strided.hpp"

namespace keraunos::cuda {
namespace {

/// True where `input`, its leading ones left out, is the end of `output`.
bool repeats(const Dims& input, const Dims& output) {
  const auto first = std::find_if(input.begin(), input.end(), [](auto size) { return size != 1; });
  const auto length = input.end() - first;
  return length <= std::ssize(output) && std::equal(first, input.end(), output.end() - length);
}

/// `input` seen with the shape of `output`: stride 0 along axes that repeat.
StridedIndex broadcast_index(const Dims& input, const Dims& output) {
  const std::vector<std::int64_t> strides = dense_strides(input);
  const std::size_t missing = output.size() - input.size();
  std::vector<StridedAxis> axes;
  for (std::size_t axis = 0; axis < output.size(); ++axis) {
    const bool repeated = axis < missing || input[axis - missing] == 1;
    axes.push_back({output[axis], repeated ? 0 : strides[axis - missing]});
  }
  return make_strided_index(axes);
}

template <typename Number>
AnyBinaryBody make_body(const NodeView& node) {
  const BinaryFn fn = node.as<Binary>().fn;
  const Dims& output = node.outputs[0].dims;
  const std::int64_t size = node.outputs[0].size();
  const TensorDesc& a = node.inputs[0];
  const TensorDesc& b = node.inputs[1];
  const bool a_is_whole = a.size() == size;
  const bool b_is_whole = b.size() == size;
  if (a_is_whole && b_is_whole) return SameShapeBody<Number>{.fn = fn, .size = size};
  if (a_is_whole && repeats(b.dims, output)) {
    return RepeatedBody<Number>{.fn = fn, .size = size, .b_index = {b.size()}};
  }
  if (b_is_whole && repeats(a.dims, output)) {
    return RepeatedBody<Number>{.fn = fn, .size = size, .b_index = {a.size()}, .swapped = true};
  }
  return BroadcastBody<Number>{.fn = fn,
                               .size = size,
                               .a_index = broadcast_index(a.dims, output),
                               .b_index = broadcast_index(b.dims, output)};
}

}  // namespace

Verdict accepts_binary(const NodeView& node, const BuildOptions&) {
  const BinaryFn fn = node.as<Binary>().fn;
  if (fn != BinaryFn::add && fn != BinaryFn::multiply) {
    return Verdict::no(fmt::format("own binary does not compute {}", to_string(fn)));
  }
  const DType dtype = node.outputs[0].dtype;
  if (dtype == DType::float32 || dtype == DType::int32) return accept_rank(node, "own binary");
  return Verdict::no(
      fmt::format("own binary computes in float32 and int32, got {}", to_string(dtype)));
}

AnyBinaryBody make_binary_body(const NodeView& node) {
  const bool is_float = node.outputs[0].dtype == DType::float32;
  return is_float ? make_body<float>(node) : make_body<std::uint32_t>(node);
}

}  // namespace keraunos::cuda
