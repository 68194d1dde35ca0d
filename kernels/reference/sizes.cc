#include <cstring>

#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"

namespace keraunos::reference {
namespace {

class SizesKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

  SizesKernel(const NodeView& node, KernelBuild&) : numbers_(node.as<SizeTensor>().tensor()) {}

  void run(const KernelArgs& args, Stream&) const override {
    std::memcpy(args.outputs[0], numbers_.data(), numbers_.bytes());
  }

 private:
  Tensor numbers_;
};

}  // namespace

KernelEntry sizes() { return make_entry<SizesKernel>("reference sizes"); }

}  // namespace keraunos::reference
