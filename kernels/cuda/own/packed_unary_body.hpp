#pragma once

#include "kernels/cuda/own/activation.hpp"
#include "kernels/cuda/own/pack4.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// An activation of a multiple of four floats, four at a time; input and output may be the same.
template <typename Element>
struct PackedUnaryBody {
  Unary function;
  std::int64_t packs = 0;
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    output = args.output<Element>();
  }

  std::int64_t count() const { return packs; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    Float4 values = Float4::load(input + i * Pack4<Element>::size);
    values.each([&](float x, int) { return activate(function, x); });
    values.store(output + i * Pack4<Element>::size);
  }
};

/// input * scale + shift along the last axis, where that is a multiple of four cells.
template <typename Element>
struct PackedAffineBody {
  std::int64_t packs = 0;
  std::int64_t cells = 4;  // of the axis
  const Element* input = nullptr;
  const float* scale = nullptr;
  const float* shift = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    scale = args.input<float>(1);
    shift = args.input<float>(2);
    output = args.output<Element>();
  }

  std::int64_t count() const { return packs; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    std::int64_t row = i;
    const std::int64_t cell =
        take_coordinate(row, cells / Pack4<Element>::size) * Pack4<Element>::size;
    const Float4 factors = Float4::load(scale + cell);
    const Float4 terms = Float4::load(shift + cell);
    Float4 values = Float4::load(input + i * Pack4<Element>::size);
    values.each([&](float x, int lane) { return x * factors.lanes[lane] + terms.lanes[lane]; });
    values.store(output + i * Pack4<Element>::size);
  }
};

Verdict accepts_packed_unary(const NodeView& node, const BuildOptions& options);
ForEachFloat<PackedUnaryBody> make_packed_unary_body(const NodeView& node);

Verdict accepts_packed_affine(const NodeView& node, const BuildOptions& options);
ForEachFloat<PackedAffineBody> make_packed_affine_body(const NodeView& node);

}  // namespace keraunos::cuda
