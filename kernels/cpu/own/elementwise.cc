#include "kernels/cpu/own/elementwise.hpp"

#include "kernels/cpu/own/kernels.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/strides.hpp"

namespace keraunos::cpu::own {
namespace {

class UnaryKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    if (!is_activation(node.as<Unary>().fn)) return Verdict::no("computes activations only");
    return all_float32(node);
  }

  UnaryKernel(const NodeView& node, KernelBuild& build)
      : pass_(node.as<Unary>(), node.outputs[0].size(), build.options().threads) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    pass_.run(args.input<float>(0), args.output<float>());
  }

 private:
  UnaryPass pass_;
};

class AffineKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  AffineKernel(const NodeView& node, KernelBuild& build)
      : cells_(node.inputs[0].dims[node.as<Affine>().axis]),
        stride_(row_major_strides(node.inputs[0].dims)[node.as<Affine>().axis]),
        rows_(stride_ == 1 ? node.outputs[0].size() / std::max<std::int64_t>(cells_, 1)
                           : node.outputs[0].size() / std::max<std::int64_t>(stride_, 1)),
        threads_(useful_threads(build.options().threads,
                                memory_time(2 * std::int64_t{4} * node.outputs[0].size()))) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const float* src = args.input<float>(0);
    const float* scale = args.input<float>(1);
    const float* shift = args.input<float>(2);
    float* dst = args.output<float>();
    parallel_for(threads_, rows_, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        if (stride_ == 1) {
          const std::int64_t start = row * cells_;
          simd().affine(src + start, scale, shift, 1, dst + start, cells_);
        } else {
          const std::int64_t start = row * stride_;
          const std::int64_t cell = row % cells_;
          simd().affine(src + start, scale + cell, shift + cell, 0, dst + start, stride_);
        }
      }
    });
  }

 private:
  std::int64_t cells_;
  std::int64_t stride_;
  std::int64_t rows_;
  int threads_;
};

}  // namespace

KernelEntry unary() { return make_entry<UnaryKernel>("own unary"); }
KernelEntry affine() { return make_entry<AffineKernel>("own affine"); }

}  // namespace keraunos::cpu::own
