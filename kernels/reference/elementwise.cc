#include "kernels/reference/activation.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/strides.hpp"

namespace keraunos::reference {
namespace {

class UnaryKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  UnaryKernel(const NodeView& node, KernelBuild& build)
      : size_(node.outputs[0].size()), unary_(node.as<Unary>()) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const float* src = args.input<float>(0);
    float* dst = args.output<float>();
    for (std::int64_t i = 0; i < size_; ++i) {
      dst[i] = static_cast<float>(activate(unary_, src[i]));
    }
  }

 private:
  std::int64_t size_;
  Unary unary_;
};

/// The strides of `input` seen as a tensor of shape `output`: 0 along repeated axes.
Dims broadcast_strides(const Dims& input, const Dims& output) {
  const Dims dense = row_major_strides(input);
  const std::size_t missing = output.size() - input.size();
  Dims strides(output.size(), 0);
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    if (input[axis] != 1) strides[missing + axis] = dense[axis];
  }
  return strides;
}

/// float32 through double; int32 wraps around, as in numpy and TensorFlow.
class BinaryKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    const DType dtype = node.outputs[0].dtype;
    return dtype == DType::float32 || dtype == DType::int32
               ? Verdict::yes()
               : Verdict::no("computes float32 and int32 only");
  }

  BinaryKernel(const NodeView& node, KernelBuild& build)
      : size_(node.outputs[0].size()),
        dims_(node.outputs[0].dims),
        a_strides_(broadcast_strides(node.inputs[0].dims, dims_)),
        b_strides_(broadcast_strides(node.inputs[1].dims, dims_)),
        fn_(node.as<Binary>().fn),
        dtype_(node.outputs[0].dtype) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    if (dtype_ == DType::float32) return combine<float, double>(args);
    combine<std::int32_t, std::uint32_t>(args);
  }

 private:
  template <typename Stored, typename Computed>
  void combine(const KernelArgs& args) const {
    for (std::int64_t i = 0; i < size_; ++i) {
      const auto a = static_cast<Computed>(args.input<Stored>(0)[offset_of(i, dims_, a_strides_)]);
      const auto b = static_cast<Computed>(args.input<Stored>(1)[offset_of(i, dims_, b_strides_)]);
      args.output<Stored>()[i] = static_cast<Stored>(fn_ == BinaryFn::add ? a + b : a * b);
    }
  }

  std::int64_t size_;
  Dims dims_;
  Dims a_strides_;
  Dims b_strides_;
  BinaryFn fn_;
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
KernelEntry binary() { return make_entry<BinaryKernel>("reference binary"); }
KernelEntry affine() { return make_entry<AffineKernel>("reference affine"); }

}  // namespace keraunos::reference
