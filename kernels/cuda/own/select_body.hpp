#pragma once

#include "kernels/cuda/own/element.hpp"
#include "kernels/cuda/own/index_space.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// output[i] = condition ? a : b, each broadcast to the output's shape.
template <typename Element>
struct SelectBody {
  std::int64_t size = 0;
  StridedIndex condition_index;
  StridedIndex a_index;
  StridedIndex b_index;
  const std::uint8_t* condition = nullptr;
  const Element* a = nullptr;
  const Element* b = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    condition = args.input<std::uint8_t>(0);
    a = args.input<Element>(1);
    b = args.input<Element>(2);
    output = args.output<Element>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    output[i] = condition[condition_index(i)] != 0 ? a[a_index(i)] : b[b_index(i)];
  }
};

Verdict accepts_select(const NodeView& node, const BuildOptions& options);
ForEachElement<SelectBody> make_select_body(const NodeView& node);

}  // namespace keraunos::cuda
