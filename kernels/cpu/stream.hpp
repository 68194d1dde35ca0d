#pragma once

#include "runtime/backend/kernel.hpp"

namespace keraunos::cpu {

/// Runs kernels on the calling thread and its OpenMP team. Work is done when the call that gave it
/// returns, so there is nothing to wait for.
///
/// Between begin and end the whole team flushes denormals to zero (one operand among them makes a
/// convolution a hundred times slower), and uses the number of threads that the plan was built for.
class CpuStream : public Stream {
 public:
  explicit CpuStream(int threads) : threads_(threads) {}

  void begin() override;
  void end() noexcept override;
  void synchronize() override {}

 private:
  int threads_;
  int callers_threads_ = 1;
};

}  // namespace keraunos::cpu
