#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/plan/plan.hpp"

namespace keraunos {

/// A node with concrete types, ready for kernels to look at. Points into itself: not copyable.
struct ConcreteNode {
  ConcreteNode(const Graph& graph, const Node& node, const std::vector<TensorDesc>& descs,
               const Binding& binding);
  ConcreteNode& operator=(const ConcreteNode&) = delete;

  /// The same with float32 for every 16-bit float; constants of those are values like any other.
  ConcreteNode widened() const;

  NodeView view() const { return {op, inputs, outputs, constants, input_pitches, output_pitch}; }
  /// The same where all tensors are dense.
  NodeView dense_view() const { return {op, inputs, outputs, constants}; }

  const Node& node;
  Op op;  // with every attribute a number
  std::vector<TensorDesc> inputs;
  std::vector<TensorDesc> outputs;
  std::vector<const Constant*> constants;
  std::vector<std::shared_ptr<const Constant>> owners;
  std::vector<std::int64_t> input_pitches;  // as in NodeView; whoever knows sets them
  std::int64_t output_pitch = 0;

 private:
  ConcreteNode(const ConcreteNode&) = default;
};

/// A kernel, and everything that was asked before it.
struct KernelChoice {
  std::unique_ptr<const Kernel> kernel;
  std::string name;
  bool on_device = false;
  std::vector<const void*> raw;  // per input: the constant that the kernel wants in its arguments
  std::vector<std::pair<std::string, std::string>> refusals;
};

/// True where the kernel that the GPU would run this node with takes its pitches.
bool takes_pitches(const ConcreteNode& node, const PlanRequest& request);

/// The first kernel that accepts the node: the GPU's list in order, then the CPU's. Throws
/// Error(unsupported) with every refusal where there is none.
KernelChoice choose_kernel(const ConcreteNode& node, const PlanRequest& request);

}  // namespace keraunos
