#include <algorithm>
#include <limits>
#include <numeric>

#include "kernels/cpu/own/kernels.hpp"
#include "kernels/cpu/own/simd.hpp"
#include "kernels/cpu/threads.hpp"
#include "kernels/reference/entry.hpp"

namespace keraunos::cpu::own {
namespace {

/// Over axes that lie side by side: (outer, reduced, inner).
class ReduceKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    const std::vector<std::size_t>& axes = node.as<Reduce>().axes;
    if (axes.empty() || axes.back() - axes.front() + 1 != axes.size()) {
      return Verdict::no("reduces neighbouring axes only");
    }
    const ReduceFn fn = node.as<Reduce>().fn;
    if (fn != ReduceFn::mean && fn != ReduceFn::max && fn != ReduceFn::sum && fn != ReduceFn::min) {
      return Verdict::no("computes mean, max, min and sum only");
    }
    if (node.inputs[0].size() == 0) return Verdict::no("wants at least one cell");
    return all_float32(node);
  }

  ReduceKernel(const NodeView& node, KernelBuild& build) : fn_(node.as<Reduce>().fn) {
    const std::vector<std::size_t>& axes = node.as<Reduce>().axes;
    const Dims& dims = node.inputs[0].dims;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      (axis < axes.front() ? outer_ : axis <= axes.back() ? reduced_ : inner_) *= dims[axis];
    }
    threads_ = useful_threads(build.options().threads, memory_time(4 * node.inputs[0].size()));
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    const float* src = args.input<float>(0);
    float* dst = args.output<float>();
    if (outer_ == 1 && inner_ > 1) {
      parallel_for(threads_, inner_, [&](std::int64_t begin, std::int64_t end) {
        reduce_columns(src + begin, dst + begin, end - begin);
      });
      return;
    }
    parallel_for(threads_, outer_, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        if (inner_ == 1) {
          dst[i] = reduce_row(src + i * reduced_);
        } else {
          reduce_columns(src + i * reduced_ * inner_, dst + i * inner_, inner_);
        }
      }
    });
  }

 private:
  float reduce_row(const float* src) const {
    switch (fn_) {
      case ReduceFn::max: return simd().max(src, reduced_);
      case ReduceFn::min: return smallest(src, reduced_);
      case ReduceFn::sum: return simd().sum(src, reduced_);
      default: return simd().sum(src, reduced_) / static_cast<float>(reduced_);
    }
  }

  /// `columns` neighbours of the inner axes at once: one window of a pooling.
  void reduce_columns(const float* src, float* dst, std::int64_t columns) const {
    if (fn_ == ReduceFn::min) return smallest_of_columns(src, dst, columns);
    const PoolFn fn = fn_ == ReduceFn::max ? PoolFn::max : PoolFn::average;
    simd().pool({src, 0, {{1, 1, reduced_}, {0, 0, inner_}}, dst, 1, columns, fn});
    if (fn_ == ReduceFn::sum) simd().scale(static_cast<float>(reduced_), dst, columns);
  }

  /// NaN wins.
  static float smaller(float a, float b) { return b < a || b != b ? b : a; }

  /// In several chains, which the compiler turns into vectors.
  static float smallest(const float* src, std::int64_t count) {
    constexpr std::int64_t chains = 16;
    float found[chains];
    std::fill_n(found, chains, std::numeric_limits<float>::infinity());
    std::int64_t i = 0;
    for (; i + chains <= count; i += chains) {
      for (std::int64_t j = 0; j < chains; ++j) found[j] = smaller(found[j], src[i + j]);
    }
    float result = std::accumulate(found, found + chains, found[0], smaller);
    for (; i < count; ++i) result = smaller(result, src[i]);
    return result;
  }

  void smallest_of_columns(const float* src, float* dst, std::int64_t columns) const {
    std::copy_n(src, columns, dst);
    for (std::int64_t i = 1; i < reduced_; ++i) {
      const float* row = src + i * inner_;
      for (std::int64_t j = 0; j < columns; ++j) dst[j] = smaller(dst[j], row[j]);
    }
  }

  ReduceFn fn_;
  std::int64_t outer_ = 1;
  std::int64_t reduced_ = 1;
  std::int64_t inner_ = 1;
  int threads_ = 1;
};

}  // namespace

KernelEntry reduce() { return make_entry<ReduceKernel>("own reduce"); }

}  // namespace keraunos::cpu::own
