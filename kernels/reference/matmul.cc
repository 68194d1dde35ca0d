#include "kernels/reference/activation.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"

namespace keraunos::reference {
namespace {

class MatMulKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  MatMulKernel(const NodeView& node, KernelBuild& build)
      : rows_(node.inputs[1].dims[0]),
        columns_(node.inputs[1].dims[1]),
        vectors_(node.outputs[0].size() / std::max<std::int64_t>(columns_, 1)),
        activation_(node.as<MatMul>().activation),
        has_bias_(node.inputs.size() > 2) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const float* matrix = args.input<float>(1);
    float* dst = args.output<float>();
    for (std::int64_t vector = 0; vector < vectors_; ++vector) {
      const float* src = args.input<float>(0) + vector * rows_;
      for (std::int64_t column = 0; column < columns_; ++column) {
        double sum = has_bias_ ? args.input<float>(2)[column] : 0;
        for (std::int64_t row = 0; row < rows_; ++row) {
          sum += static_cast<double>(src[row]) * matrix[row * columns_ + column];
        }
        *dst++ = static_cast<float>(activate(activation_, sum));
      }
    }
  }

 private:
  std::int64_t rows_;
  std::int64_t columns_;
  std::int64_t vectors_;
  Unary activation_;
  bool has_bias_;
};

}  // namespace

KernelEntry matmul() { return make_entry<MatMulKernel>("reference matmul"); }

}  // namespace keraunos::reference
