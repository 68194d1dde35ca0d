#include "kernels/cuda/health.hpp"

#include <mutex>

#include "runtime/base/fail.hpp"

namespace keraunos::cuda {
namespace {

struct Health {
  std::mutex mutex;
  std::string failure;
};

Health& health() {
  static auto* const instance = new Health;
  return *instance;
}

}  // namespace

void note_failure(cudaError_t status, const std::string& message) {
  cudaGetLastError();  // one that is not sticky would be reported again by the next call
  if (cudaFree(nullptr) != status) return;
  const std::lock_guard lock(health().mutex);
  if (health().failure.empty()) health().failure = message;
}

void require_alive() {
  const std::lock_guard lock(health().mutex);
  if (health().failure.empty()) return;
  fail(ErrorCode::device_failure,
       "the GPU failed earlier in this process, which cannot use it any more: {}. Start the "
       "process anew",
       health().failure);
}

}  // namespace keraunos::cuda
