#pragma once

#include "kernels/cuda/own/activation.hpp"
#include "kernels/cuda/own/number_element.hpp"
#include "kernels/reference/mathematics.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// output[i] = function(input[i]); input and output may be the same.
template <typename Element, typename Result, typename Function>
struct UnaryBody {
  Function function;
  std::int64_t size = 0;
  const Element* input = nullptr;
  Result* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    output = args.output<Result>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    output[i] = from_number<Result>(function(to_number(input[i])));
  }
};

struct Activation {
  Unary unary;
  KERAUNOS_DEVICE float operator()(float x) const { return activate(unary, x); }
};

/// Functions of floats beyond activations, and all functions of integers and bools, of which only
/// those that keep them are accepted for bools.
struct Mathematics {
  Unary unary;
  KERAUNOS_DEVICE float operator()(float x) const { return reference::mathematics(unary.fn, x); }
  KERAUNOS_DEVICE bool operator()(bool x) const { return x; }
  template <typename Int>
  KERAUNOS_DEVICE Int operator()(Int x) const {
    return reference::map_integer(unary, x);
  }
};

/// The functions that give bool.
struct Predicate {
  Unary unary;
  template <typename T>
  KERAUNOS_DEVICE bool operator()(T x) const {
    return reference::test(unary.fn, x);
  }
};

template <typename Element>
using ActivationBody = UnaryBody<Element, Element, Activation>;
template <typename Element>
using MathematicsBody = UnaryBody<Element, Element, Mathematics>;
template <typename Element>
using PredicateBody = UnaryBody<Element, std::uint8_t, Predicate>;

using AnyUnaryBody = std::variant<ForEachFloat<ActivationBody>, ForEachNumber<MathematicsBody>,
                                  ForEachNumber<PredicateBody>>;

Verdict accepts_unary(const NodeView& node, const BuildOptions& options);
AnyUnaryBody make_unary_body(const NodeView& node);

}  // namespace keraunos::cuda
