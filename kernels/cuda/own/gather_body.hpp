#pragma once

#include "kernels/cuda/own/element.hpp"
#include "kernels/cuda/own/index_space.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cuda {

/// The numbers of a gather: int32 or int64, negative ones counting from the end of an axis, once.
/// The kernels of the CPU report a number that names no cell as an error. A kernel on a GPU has
/// nobody to tell: what it gathers there is zero, as with TensorFlow on a GPU.
struct GatherNumbers {
  bool wide = false;       // int64
  std::int64_t cells = 0;  // of the axis
  const void* data = nullptr;

  /// The cell that number `i` names; -1 where the axis does not have it.
  KERAUNOS_DEVICE std::int64_t operator[](std::int64_t i) const {
    const std::int64_t number = wide ? static_cast<const std::int64_t*>(data)[i]
                                     : static_cast<const std::int32_t*>(data)[i];
    if (number < -cells || number >= cells) return -1;
    return number < 0 ? number + cells : number;
  }
};

/// Slices of an axis by number; see Gather for the shapes. A cell of the index space is a cell of
/// the output (before, numbers, after).
template <typename Element>
struct GatherBody {
  std::int64_t size = 0;
  std::int64_t number_count = 0;
  std::int64_t after = 1;  // cells of a slice
  GatherNumbers numbers;
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    numbers.data = args.inputs[1];
    output = args.output<Element>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    std::int64_t before = i;
    const std::int64_t inner = take_coordinate(before, after);
    const std::int64_t cell = numbers[take_coordinate(before, number_count)];
    output[i] = cell < 0 ? Element{0} : input[(before * numbers.cells + cell) * after + inner];
  }
};

/// Single cells along an axis by number; see GatherAlong for the shapes.
template <typename Element>
struct GatherAlongBody {
  std::int64_t size = 0;
  StridedIndex number_index;
  StridedIndex line_index;  // where the line of the axis begins
  std::int64_t stride = 1;  // of the axis
  GatherNumbers numbers;
  const Element* input = nullptr;
  Element* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.input<Element>(0);
    numbers.data = args.inputs[1];
    output = args.output<Element>();
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    const std::int64_t cell = numbers[number_index(i)];
    output[i] = cell < 0 ? Element{0} : input[line_index(i) + cell * stride];
  }
};

Verdict accepts_gather(const NodeView& node, const BuildOptions& options);
ForEachElement<GatherBody> make_gather_body(const NodeView& node);

Verdict accepts_gather_along(const NodeView& node, const BuildOptions& options);
ForEachElement<GatherAlongBody> make_gather_along_body(const NodeView& node);

}  // namespace keraunos::cuda
