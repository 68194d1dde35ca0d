#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "runtime/backend/kernel.hpp"

// What kernel classes share, here and in kernels/cpu.

namespace keraunos {

/// The ordered lists of a device, one per op.
using KernelTable = std::array<std::vector<KernelEntry>, op_count>;

template <typename SomeOp, std::size_t I = 0>
constexpr std::size_t op_index() {
  if constexpr (std::is_same_v<SomeOp, std::variant_alternative_t<I, Op>>) {
    return I;
  } else {
    return op_index<SomeOp, I + 1>();
  }
}

template <typename SomeOp>
std::vector<KernelEntry>& list_for(KernelTable& table) {
  return table[op_index<SomeOp>()];
}

/// The entry of a kernel class that has
///   static Verdict accepts(const NodeView& node, const BuildOptions& options);
/// and a constructor from (const NodeView&, KernelBuild&).
template <typename SomeKernel>
KernelEntry make_entry(std::string_view name) {
  return {name, &SomeKernel::accepts,
          [](const NodeView& node, KernelBuild& build) -> std::unique_ptr<Kernel> {
            return std::make_unique<SomeKernel>(node, build);
          }};
}

/// Asks for every constant input as it is stored, so that args.inputs holds all of them.
inline void raw_constants(const NodeView& node, KernelBuild& build) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.is_constant(i)) build.raw(i);
  }
}

/// Yes where every input and output is float32.
inline Verdict all_float32(const NodeView& node) {
  const auto is_float32 = [](const TensorDesc& desc) { return desc.dtype == DType::float32; };
  const bool all = std::all_of(node.inputs.begin(), node.inputs.end(), is_float32) &&
                   std::all_of(node.outputs.begin(), node.outputs.end(), is_float32);
  return all ? Verdict::yes() : Verdict::no("computes float32 only");
}

}  // namespace keraunos
