#include <cmath>

#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/strides.hpp"

namespace keraunos::reference {
namespace {

class NormKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  NormKernel(const NodeView& node, KernelBuild& build)
      : split_(node.inputs[0].dims, node.as<Norm>().axes),
        outer_(split_.outer_size()),
        inner_(split_.inner_size()),
        fn_(node.as<Norm>().fn),
        epsilon_(node.as<Norm>().epsilon) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    for (std::int64_t i = 0; i < outer_; ++i) {
      const std::int64_t offset = offset_of(i, split_.outer_dims, split_.outer_strides);
      normalise(args.input<float>(0) + offset, args.output<float>() + offset);
    }
  }

 private:
  std::int64_t cell(std::int64_t i) const {
    return offset_of(i, split_.inner_dims, split_.inner_strides);
  }

  void normalise(const float* src, float* dst) const {
    const auto count = static_cast<double>(inner_);
    double mean = 0;
    if (fn_ == NormFn::standard || fn_ == NormFn::deviation) {
      for (std::int64_t i = 0; i < inner_; ++i) mean += src[cell(i)];
      mean /= count;
    }
    double squares = 0;
    for (std::int64_t i = 0; i < inner_; ++i) {
      squares += (src[cell(i)] - mean) * (src[cell(i)] - mean);
    }
    const double divisor =
        std::sqrt(fn_ == NormFn::l2 ? std::fmax(squares, epsilon_) : squares / count + epsilon_);
    const double shift = fn_ == NormFn::standard ? mean : 0;
    for (std::int64_t i = 0; i < inner_; ++i) {
      dst[cell(i)] = static_cast<float>((src[cell(i)] - shift) / divisor);
    }
  }

  AxisSplit split_;
  std::int64_t outer_;
  std::int64_t inner_;
  NormFn fn_;
  double epsilon_;
};

}  // namespace

KernelEntry norm() { return make_entry<NormKernel>("reference norm"); }

}  // namespace keraunos::reference
