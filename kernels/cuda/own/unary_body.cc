#include "kernels/cuda/own/unary_body.hpp"

#include "kernels/cuda/own/accept.hpp"

namespace keraunos::cuda {

Verdict accepts_unary(const NodeView& node, const BuildOptions&) {
  const DType dtype = arithmetic_dtype(node.inputs[0].dtype);
  return in_the_name_of("own unary", reference::can_map(node.as<Unary>(), dtype));
}

AnyUnaryBody make_unary_body(const NodeView& node) {
  const Unary& unary = node.as<Unary>();
  const DType dtype = node.inputs[0].dtype;
  const std::int64_t size = node.inputs[0].size();
  if (gives_bool(unary.fn)) {
    return for_number_element<ForEachNumber<PredicateBody>>(dtype, [&](auto element) {
      return PredicateBody<decltype(element)>{.function = {unary}, .size = size};
    });
  }
  if (is_activation(unary.fn) && is_float_element(dtype)) {
    return for_float_element<ForEachFloat<ActivationBody>>(dtype, [&](auto element) {
      return ActivationBody<decltype(element)>{.function = {unary}, .size = size};
    });
  }
  return for_number_element<ForEachNumber<MathematicsBody>>(dtype, [&](auto element) {
    return MathematicsBody<decltype(element)>{.function = {unary}, .size = size};
  });
}

}  // namespace keraunos::cuda
