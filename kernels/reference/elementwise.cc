#include "kernels/reference/activation.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/strides.hpp"

namespace keraunos::reference {
namespace {

/// float32 through double, integers wrapping around.
class UnaryKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    return can_map(node.as<Unary>(), node.inputs[0].dtype);
  }

  UnaryKernel(const NodeView& node, KernelBuild& build)
      : size_(node.outputs[0].size()), unary_(node.as<Unary>()), dtype_(node.inputs[0].dtype) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    with_element_type(dtype_, [&](auto zero) {
      using T = decltype(zero);
      const T* src = args.input<T>(0);
      if (gives_bool(unary_.fn)) {
        for (std::int64_t i = 0; i < size_; ++i) {
          args.output<std::uint8_t>()[i] = test(unary_.fn, src[i]);
        }
      } else {
        for (std::int64_t i = 0; i < size_; ++i) args.output<T>()[i] = apply(src[i]);
      }
    });
  }

 private:
  float apply(float x) const { return static_cast<float>(activate(unary_, x)); }
  std::int32_t apply(std::int32_t x) const { return map_integer(unary_, x); }
  std::int64_t apply(std::int64_t x) const { return map_integer(unary_, x); }
  std::uint8_t apply(std::uint8_t x) const { return x != 0; }

  std::int64_t size_;
  Unary unary_;
  DType dtype_;
};

class AffineKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  AffineKernel(const NodeView& node, KernelBuild& build)
      : size_(node.outputs[0].size()),
        cells_(node.inputs[0].dims[node.as<Affine>().axis]),
        stride_(row_major_strides(node.inputs[0].dims)[node.as<Affine>().axis]) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const float* src = args.input<float>(0);
    float* dst = args.output<float>();
    for (std::int64_t i = 0; i < size_; ++i) {
      const std::int64_t cell = i / stride_ % cells_;
      const double scale = args.input<float>(1)[cell];
      dst[i] = static_cast<float>(src[i] * scale + args.input<float>(2)[cell]);
    }
  }

 private:
  std::int64_t size_;
  std::int64_t cells_;
  std::int64_t stride_;
};

}  // namespace

KernelEntry unary() { return make_entry<UnaryKernel>("reference unary"); }
KernelEntry affine() { return make_entry<AffineKernel>("reference affine"); }

}  // namespace keraunos::reference
