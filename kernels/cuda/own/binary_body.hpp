#pragma once

#include "kernels/cuda/own/number_element.hpp"
#include "kernels/reference/combine.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// output[i] = function(a[a_index(i)], b[b_index(i)]).
template <typename Element, typename Result, typename Function>
struct BinaryBody {
  Function function;
  std::int64_t size = 0;
  StridedIndex a_index = {};
  StridedIndex b_index = {};
  const Element* a = nullptr;
  const Element* b = nullptr;
  Result* output = nullptr;

  void bind(const KernelArgs& args) {
    a = args.input<Element>(0);
    b = args.input<Element>(1);
    output = args.output<Result>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    output[i] = from_number<Result>(function(to_number(a[a_index(i)]), to_number(b[b_index(i)])));
  }
};

/// What nearly every network adds and multiplies with, apart from functions that take many more
/// registers.
struct Arithmetic {
  BinaryFn fn = BinaryFn::add;
  KERAUNOS_DEVICE float operator()(float a, float b) const {
    return reference::arithmetic(fn, a, b);
  }
};

/// All functions of two numbers that give one of their kind.
struct Combination {
  BinaryFn fn = BinaryFn::add;
  KERAUNOS_DEVICE float operator()(float a, float b) const {
    return reference::combine_reals(fn, a, b);
  }
  KERAUNOS_DEVICE bool operator()(bool a, bool b) const { return reference::combine(fn, a, b); }
  template <typename Int>
  KERAUNOS_DEVICE Int operator()(Int a, Int b) const {
    return reference::combine_integers(fn, a, b);
  }
};

/// The functions that give bool.
struct Comparison {
  BinaryFn fn = BinaryFn::equal;
  template <typename T>
  KERAUNOS_DEVICE bool operator()(T a, T b) const {
    return reference::compare(fn, a, b);
  }
};

template <typename Element>
using ArithmeticBody = BinaryBody<Element, Element, Arithmetic>;
template <typename Element>
using CombinationBody = BinaryBody<Element, Element, Combination>;
template <typename Element>
using ComparisonBody = BinaryBody<Element, std::uint8_t, Comparison>;

using AnyBinaryBody = std::variant<ForEachFloat<ArithmeticBody>, ForEachNumber<CombinationBody>,
                                   ForEachNumber<ComparisonBody>>;

Verdict accepts_binary(const NodeView& node, const BuildOptions& options);
AnyBinaryBody make_binary_body(const NodeView& node);

}  // namespace keraunos::cuda
