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

/// output[i] = fn(a[a_index(i)], b[b_index(i)]).
template <typename AIndex, typename BIndex>
struct BinaryBody {
  BinaryFn fn = BinaryFn::add;
  std::int64_t size = 0;
  AIndex a_index = {};
  BIndex b_index = {};
  bool swapped = false;  // `a` is input 1: both functions commute
  const float* a = nullptr;
  const float* b = nullptr;
  float* output = nullptr;

  void bind(const KernelArgs& args) {
    a = args.input<float>(swapped ? 1 : 0);
    b = args.input<float>(swapped ? 0 : 1);
    output = args.output<float>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    const float left = a[a_index(i)];
    const float right = b[b_index(i)];
    output[i] = fn == BinaryFn::add ? left + right : left * right;
  }
};

using SameShapeBody = BinaryBody<EveryCell, EveryCell>;
using RepeatedBody = BinaryBody<EveryCell, Repeated>;
using BroadcastBody = BinaryBody<StridedIndex, StridedIndex>;

Verdict accepts_binary(const NodeView& node, const BuildOptions& options);
std::variant<SameShapeBody, RepeatedBody, BroadcastBody> make_binary_body(const NodeView& node);

}  // namespace keraunos::cuda
