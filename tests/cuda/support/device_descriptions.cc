#include "tests/cuda/support/device_descriptions.hpp"

#include <fmt/ranges.h>

#include "kernels/cuda/library.hpp"
#include "runtime/exec/gpu_description.hpp"

namespace keraunos::cuda::testing {

PlanTarget described_gpu(const std::string& name) {
  return PlanTarget::described_by(describe_gpu(name).json);
}

const std::string& why_libraries_are_missing() {
  static const std::string reason = fmt::format("{}", fmt::join(open_libraries(), "; "));
  return reason;
}

}  // namespace keraunos::cuda::testing
