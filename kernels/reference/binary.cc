#include <cstring>

#include "kernels/reference/combine.hpp"
#include "kernels/reference/element_types.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/strides.hpp"

// Elementwise ops of several tensors, which broadcast.

namespace keraunos::reference {
namespace {

class BinaryKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    return can_combine(node.as<Binary>().fn, node.inputs[0].dtype);
  }

  BinaryKernel(const NodeView& node, KernelBuild& build)
      : size_(node.outputs[0].size()),
        dims_(node.outputs[0].dims),
        a_strides_(broadcast_strides(node.inputs[0].dims, dims_)),
        b_strides_(broadcast_strides(node.inputs[1].dims, dims_)),
        fn_(node.as<Binary>().fn),
        dtype_(node.inputs[0].dtype) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    with_element_type(dtype_, [&](auto zero) {
      using T = decltype(zero);
      for (std::int64_t i = 0; i < size_; ++i) {
        const T a = args.input<T>(0)[offset_of(i, dims_, a_strides_)];
        const T b = args.input<T>(1)[offset_of(i, dims_, b_strides_)];
        if (gives_bool(fn_)) {
          args.output<std::uint8_t>()[i] = compare(fn_, a, b);
        } else {
          args.output<T>()[i] = combine(fn_, a, b);
        }
      }
    });
  }

 private:
  std::int64_t size_;
  Dims dims_;
  Dims a_strides_;
  Dims b_strides_;
  BinaryFn fn_;
  DType dtype_;
};

/// Moves elements of any dtype.
class SelectKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView&, const BuildOptions&) { return Verdict::yes(); }

  SelectKernel(const NodeView& node, KernelBuild& build)
      : size_(node.outputs[0].size()),
        element_(size_of(node.outputs[0].dtype)),
        dims_(node.outputs[0].dims) {
    for (const TensorDesc& input : node.inputs) {
      strides_.push_back(broadcast_strides(input.dims, dims_));
    }
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    for (std::int64_t i = 0; i < size_; ++i) {
      const bool first = args.input<std::uint8_t>(0)[offset_of(i, dims_, strides_[0])] != 0;
      const std::size_t chosen = first ? 1 : 2;
      const auto source = static_cast<std::size_t>(offset_of(i, dims_, strides_[chosen]));
      std::memcpy(args.output<std::byte>() + static_cast<std::size_t>(i) * element_,
                  args.input<std::byte>(chosen) + source * element_, element_);
    }
  }

 private:
  std::int64_t size_;
  std::size_t element_;
  Dims dims_;
  std::vector<Dims> strides_;  // of condition, a, b
};

}  // namespace

KernelEntry binary() { return make_entry<BinaryKernel>("reference binary"); }
KernelEntry select() { return make_entry<SelectKernel>("reference select"); }

}  // namespace keraunos::reference
