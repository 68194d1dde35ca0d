#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "keraunos/tensor.hpp"
#include "runtime/backend/backend.hpp"

namespace keraunos::gpu_check {

/// An op with concrete inputs.
struct NodeCase {
  std::string label;
  Op op;
  std::vector<Tensor> inputs;
  std::size_t first_constant = 1;  // this input and those after it are weights
  bool small = true;               // quick enough for a memory checker
  bool holds_nan = false;
};

/// Every op in the shapes and modes that kernels tell apart; the same on every call.
std::vector<NodeCase> all_cases();

/// A case as kernels see it. Refers to the case, which must outlive it.
class BoundNode {
 public:
  explicit BoundNode(const NodeCase& node);

  NodeView view() const { return {node_.op, inputs_, outputs_, constants_}; }
  std::span<const Tensor> tensors() const { return node_.inputs; }
  const std::shared_ptr<const Constant>& constant(std::size_t i) const { return owned_[i]; }

 private:
  const NodeCase& node_;
  std::vector<TensorDesc> outputs_;
  std::vector<TensorDesc> inputs_;
  std::vector<std::shared_ptr<const Constant>> owned_;  // null for what is no weight
  std::vector<const Constant*> constants_;
};

/// The outputs of one kernel of `backend`. Outputs and workspace hold NaN before the run; throws
/// Error(internal) where the kernel wrote beside them.
std::vector<Tensor> run_on(Backend& backend, const KernelEntry& entry, const BoundNode& node,
                           const BuildOptions& options);

/// The outputs of the reference kernel.
std::vector<Tensor> reference_outputs(const BoundNode& node);

}  // namespace keraunos::gpu_check
