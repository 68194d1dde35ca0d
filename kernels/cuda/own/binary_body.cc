#include "kernels/cuda/own/binary_body.hpp"

#include "kernels/cuda/own/accept.hpp"
#include "kernels/cuda/own/strided.hpp"

namespace keraunos::cuda {
namespace {

template <typename Body>
Body make_body(const NodeView& node) {
  const Dims& output = node.outputs[0].dims;
  return Body{.function = {node.as<Binary>().fn},
              .size = node.outputs[0].size(),
              .a_index = make_broadcast_index(node.inputs[0].dims, output),
              .b_index = make_broadcast_index(node.inputs[1].dims, output)};
}

}  // namespace

Verdict accepts_binary(const NodeView& node, const BuildOptions&) {
  const DType dtype = arithmetic_dtype(node.inputs[0].dtype);
  const Verdict verdict =
      in_the_name_of("own binary", reference::can_combine(node.as<Binary>().fn, dtype));
  return verdict ? accept_rank(node, "own binary") : verdict;
}

AnyBinaryBody make_binary_body(const NodeView& node) {
  const BinaryFn fn = node.as<Binary>().fn;
  const DType dtype = node.inputs[0].dtype;
  if (gives_bool(fn)) {
    return for_number_element<ForEachNumber<ComparisonBody>>(
        dtype, [&](auto element) { return make_body<ComparisonBody<decltype(element)>>(node); });
  }
  if (is_arithmetic(fn) && is_float_element(dtype)) {
    return for_float_element<ForEachFloat<ArithmeticBody>>(
        dtype, [&](auto element) { return make_body<ArithmeticBody<decltype(element)>>(node); });
  }
  return for_number_element<ForEachNumber<CombinationBody>>(
      dtype, [&](auto element) { return make_body<CombinationBody<decltype(element)>>(node); });
}

}  // namespace keraunos::cuda
