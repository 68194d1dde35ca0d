#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "kernels/cpu/onednn.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos::cpu::onednn {

/// One argument of a primitive. `constant` is its memory where every run uses the same.
struct Argument {
  int index;  // DNNL_ARG_SRC, ...
  dnnl::memory::desc desc;
  const void* constant = nullptr;
};

/// A primitive that many threads may run at once, with its scratch memory given from outside.
///
/// oneDNN takes its arguments as memory objects, which are expensive to make and hold the pointer.
/// So runs borrow a set of them; a set that was made for a second run at the same time is kept.
class Primitive {
 public:
  /// `threads` must be the number the descriptor was made for: it decides how work is split.
  Primitive(dnnl::primitive primitive, const dnnl::memory::desc& scratchpad, int threads,
            std::vector<Argument> arguments);
  ~Primitive();

  std::size_t workspace_bytes() const { return scratchpad_.get_size(); }

  /// `pointers`: one for each argument that is not constant, in order.
  void run(std::initializer_list<const void*> pointers, void* workspace) const;

 private:
  struct ArgumentSet;
  struct Slot;
  class Lease;

  std::unique_ptr<ArgumentSet> make_set() const;

  dnnl::primitive primitive_;
  dnnl::memory::desc scratchpad_;
  int threads_;
  std::vector<Argument> arguments_;
  std::vector<dnnl::memory> constants_;  // in the order of arguments_; empty for the others
  std::unique_ptr<Slot[]> slots_;
};

/// Constant input `i`, which is stored as `stored`, in the layout `wanted`.
const void* pack_weights(KernelBuild& build, std::size_t i, const dnnl::memory::desc& stored,
                         const dnnl::memory::desc& wanted);

/// Yes where oneDNN has a fast implementation behind `descriptor`.
template <typename Descriptor>
Verdict is_fast(const Descriptor& descriptor) {
  if (!descriptor) return Verdict::no("oneDNN has no implementation for these shapes");
  const std::string implementation = descriptor.impl_info_str();
  if (implementation.starts_with("ref")) {
    return Verdict::no("oneDNN has only its slow implementation " + implementation);
  }
  return Verdict::yes();
}

}  // namespace keraunos::cpu::onednn
