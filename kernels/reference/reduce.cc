#include <cmath>
#include <limits>
#include <type_traits>

#include "kernels/reference/element_types.hpp"
#include "kernels/reference/entry.hpp"
#include "kernels/reference/integers.hpp"
#include "kernels/reference/kernels.hpp"
#include "kernels/reference/reductions.hpp"
#include "kernels/reference/strides.hpp"

namespace keraunos::reference {
namespace {

class ReduceKernel : public Kernel {
 public:
  static Verdict accepts(const NodeView& node, const BuildOptions&) {
    return can_reduce(node.as<Reduce>().fn, node.inputs[0].dtype);
  }

  ReduceKernel(const NodeView& node, KernelBuild& build)
      : split_(node.inputs[0].dims, node.as<Reduce>().axes),
        outer_(split_.outer_size()),
        inner_(split_.inner_size()),
        fn_(node.as<Reduce>().fn),
        dtype_(node.inputs[0].dtype) {
    raw_constants(node, build);
  }

  void run(const KernelArgs& args, Stream&) const override {
    with_element_type(dtype_, [&](auto zero) {
      using T = decltype(zero);
      for (std::int64_t i = 0; i < outer_; ++i) {
        const T* src = args.input<T>(0);
        if (inner_ > 0) src += offset_of(i, split_.outer_dims, split_.outer_strides);
        args.output<T>()[i] = reduce(src);
      }
    });
  }

 private:
  template <typename T>
  T cell(const T* src, std::int64_t i) const {
    return src[offset_of(i, split_.inner_dims, split_.inner_strides)];
  }

  template <typename T>
  T reduce(const T* src) const {
    switch (fn_) {
      case ReduceFn::max: return largest(src);
      case ReduceFn::min: return smallest(src);
      case ReduceFn::prod: return product(src);
      default: return sum(src);
    }
  }

  std::uint8_t reduce(const std::uint8_t* src) const {
    const bool wanted = fn_ == ReduceFn::any || fn_ == ReduceFn::max;
    for (std::int64_t i = 0; i < inner_; ++i) {
      if ((cell(src, i) != 0) == wanted) return wanted;
    }
    return !wanted;
  }

  template <typename T>
  T largest(const T* src) const {
    using Limits = std::numeric_limits<T>;
    T result = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
    for (std::int64_t i = 0; i < inner_; ++i) {
      const T value = cell(src, i);
      if (value > result || value != value) result = value;
    }
    return result;
  }

  template <typename T>
  T smallest(const T* src) const {
    using Limits = std::numeric_limits<T>;
    T result = Limits::has_infinity ? Limits::infinity() : Limits::max();
    for (std::int64_t i = 0; i < inner_; ++i) {
      const T value = cell(src, i);
      if (value < result || value != value) result = value;
    }
    return result;
  }

  float sum(const float* src) const {
    double result = 0;
    for (std::int64_t i = 0; i < inner_; ++i) result += cell(src, i);
    if (fn_ == ReduceFn::mean) result /= static_cast<double>(inner_);
    return static_cast<float>(result);
  }

  template <typename Int>
  Int sum(const Int* src) const {
    Int result = 0;
    for (std::int64_t i = 0; i < inner_; ++i) result = wrapping_add(result, cell(src, i));
    return result;
  }

  float product(const float* src) const {
    double result = 1;
    for (std::int64_t i = 0; i < inner_; ++i) result *= cell(src, i);
    return static_cast<float>(result);
  }

  template <typename Int>
  Int product(const Int* src) const {
    Int result = 1;
    for (std::int64_t i = 0; i < inner_; ++i) result = wrapping_multiply(result, cell(src, i));
    return result;
  }

  AxisSplit split_;
  std::int64_t outer_;
  std::int64_t inner_;
  ReduceFn fn_;
  DType dtype_;
};

}  // namespace

KernelEntry reduce() { return make_entry<ReduceKernel>("reference reduce"); }

}  // namespace keraunos::reference
