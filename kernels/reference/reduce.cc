#include <cmath>
#include <limits>

#include "kernels/reference/entry.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/strides.hpp"

namespace keraunos::reference {
namespace {

class ReduceKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) { return all_float32(node); }

  ReduceKernel(const NodeView& node, KernelBuild& build)
      : split_(node.inputs[0].dims, node.as<Reduce>().axes),
        outer_(split_.outer_size()),
        inner_(split_.inner_size()),
        fn_(node.as<Reduce>().fn) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    float* dst = args.output<float>();
    for (std::int64_t i = 0; i < outer_; ++i) {
      const float* src =
          args.input<float>(0) + offset_of(i, split_.outer_dims, split_.outer_strides);
      dst[i] = fn_ == ReduceFn::max ? maximum(src) : mean(src);
    }
  }

 private:
  float cell(const float* src, std::int64_t i) const {
    return src[offset_of(i, split_.inner_dims, split_.inner_strides)];
  }

  float maximum(const float* src) const {
    float result = -std::numeric_limits<float>::infinity();
    for (std::int64_t i = 0; i < inner_; ++i) {
      const float value = cell(src, i);
      if (value > result || std::isnan(value)) result = value;
    }
    return result;
  }

  float mean(const float* src) const {
    double sum = 0;
    for (std::int64_t i = 0; i < inner_; ++i) sum += cell(src, i);
    return static_cast<float>(sum / static_cast<double>(inner_));
  }

  AxisSplit split_;
  std::int64_t outer_;
  std::int64_t inner_;
  ReduceFn fn_;
};

}  // namespace

KernelEntry reduce() { return make_entry<ReduceKernel>("reference reduce"); }

}  // namespace keraunos::reference
