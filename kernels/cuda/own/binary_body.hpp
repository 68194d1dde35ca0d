#pragma once

#include <variant>

#include "kernels/cuda/own/index_space.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// An operand with the shape of the result.
struct EveryCell {
  KERAUNOS_DEVICE std::int64_t operator()(std::int64_t i) const { return i; }
};

/// An operand that repeats along leading axes: a vector along the last axis, a scalar.
struct Repeated {
  std::int64_t period = 1;
  KERAUNOS_DEVICE std::int64_t operator()(std::int64_t i) const { return i % period; }
};

/// output[i] = fn(a[a_index(i)], b[b_index(i)]). Number is float, or std::uint32_t for int32, whose
/// sums and products wrap around.
template <typename Number, typename AIndex, typename BIndex>
struct BinaryBody {
  BinaryFn fn = BinaryFn::add;
  std::int64_t size = 0;
  AIndex a_index = {};
  BIndex b_index = {};
  bool swapped = false;  // `a` is input 1: both functions commute
  const Number* a = nullptr;
  const Number* b = nullptr;
  Number* output = nullptr;

  void bind(const KernelArgs& args) {
    a = args.input<Number>(swapped ? 1 : 0);
    b = args.input<Number>(swapped ? 0 : 1);
    output = args.output<Number>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    const Number left = a[a_index(i)];
    const Number right = b[b_index(i)];
    output[i] = fn == BinaryFn::add ? left + right : left * right;
  }
};

template <typename Number>
using SameShapeBody = BinaryBody<Number, EveryCell, EveryCell>;
template <typename Number>
using RepeatedBody = BinaryBody<Number, EveryCell, Repeated>;
template <typename Number>
using BroadcastBody = BinaryBody<Number, StridedIndex, StridedIndex>;

using AnyBinaryBody = std::variant<SameShapeBody<float>, RepeatedBody<float>, BroadcastBody<float>,
                                   SameShapeBody<std::uint32_t>, RepeatedBody<std::uint32_t>,
                                   BroadcastBody<std::uint32_t>>;

Verdict accepts_binary(const NodeView& node, const BuildOptions& options);
AnyBinaryBody make_binary_body(const NodeView& node);

}  // namespace keraunos::cuda
