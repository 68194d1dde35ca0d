#pragma once

#include <algorithm>
#include <memory>
#include <string_view>

#include "runtime/backend/kernel_table.hpp"

// What kernel classes share, here and in kernels/cpu.

namespace keraunos {

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
