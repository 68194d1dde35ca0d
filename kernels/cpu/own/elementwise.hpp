#pragma once

#include <cstdint>

#include "kernels/cpu/own/simd.hpp"
#include "kernels/cpu/threads.hpp"
#include "runtime/ops/unary.hpp"

namespace keraunos::cpu {

/// An elementwise function over a whole tensor: the op itself, or what follows a convolution.
class UnaryPass {
 public:
  UnaryPass(const Unary& unary, std::int64_t size, int threads)
      : unary_(unary),
        size_(size),
        threads_(useful_threads(threads, time(unary) * static_cast<double>(size))) {}

  void run(const float* src, float* dst) const {
    parallel_for(threads_, size_, [&](std::int64_t begin, std::int64_t end) {
      simd().unary(unary_, src + begin, dst + begin, end - begin);
    });
  }

  void run_in_place(float* data) const {
    if (!unary_.is_identity()) run(data, data);
  }

 private:
  /// Nanoseconds for one element: those with an exponential take about half of one.
  static double time(const Unary& unary) {
    return unary.fn == UnaryFn::relu || unary.fn == UnaryFn::linear ? 0.15 : 0.5;
  }

  Unary unary_;
  std::int64_t size_;
  int threads_;
};

}  // namespace keraunos::cpu
