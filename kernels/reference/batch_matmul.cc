#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/matrix_batch.hpp"

namespace keraunos::reference {
namespace {

/// float32 through double; int32 wraps around, as in numpy and TensorFlow.
class BatchMatMulKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    const DType dtype = node.outputs[0].dtype;
    return dtype == DType::float32 || dtype == DType::int32
               ? Verdict::yes()
               : Verdict::no("computes float32 and int32 only");
  }

  BatchMatMulKernel(const NodeView& node, KernelBuild& build)
      : batch_(node), dtype_(node.outputs[0].dtype) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    if (dtype_ == DType::float32) return multiply<float, double>(args);
    multiply<std::int32_t, std::uint32_t>(args);
  }

 private:
  template <typename Stored, typename Computed>
  void multiply(const KernelArgs& args) const {
    Stored* dst = args.output<Stored>();
    for (std::int64_t i = 0; i < batch_.count; ++i) {
      const Stored* a = args.input<Stored>(0) + batch_.a_offset(i);
      const Stored* b = args.input<Stored>(1) + batch_.b_offset(i);
      for (std::int64_t row = 0; row < batch_.rows; ++row) {
        for (std::int64_t column = 0; column < batch_.columns; ++column) {
          Computed sum = 0;
          for (std::int64_t k = 0; k < batch_.depth; ++k) {
            sum += static_cast<Computed>(a[row * batch_.a_row + k * batch_.a_column]) *
                   static_cast<Computed>(b[k * batch_.b_row + column * batch_.b_column]);
          }
          *dst++ = static_cast<Stored>(sum);
        }
      }
    }
  }

  MatrixBatch batch_;
  DType dtype_;
};

}  // namespace

KernelEntry batch_matmul() { return make_entry<BatchMatMulKernel>("reference batch matmul"); }

}  // namespace keraunos::reference
