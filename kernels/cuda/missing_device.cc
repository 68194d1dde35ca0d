#include <dlfcn.h>

#include <cstdlib>
#include <utility>

#include "kernels/cuda/cuda_backend.hpp"

namespace keraunos::cuda {
namespace {

// CUDA 13 programs need a driver of the R580 branch.
constexpr int oldest_driver = CUDART_VERSION / 1000 * 1000;
constexpr int oldest_driver_branch = 580;
// Turing, the oldest that the CUDA 13 compiler knows.
constexpr int oldest_capability = 75;

std::string no_device() {
  const char* const visible = std::getenv("CUDA_VISIBLE_DEVICES");
  if (visible == nullptr) return "the NVIDIA driver finds no CUDA device";
  return fmt::format("no CUDA device is visible: CUDA_VISIBLE_DEVICES is \"{}\"", visible);
}

std::string explain(cudaError_t status) {
  switch (status) {
    case cudaErrorNoDevice: return no_device();
    case cudaErrorStubLibrary:
      return "libcuda.so.1 is the CUDA toolkit's stub, not a driver: remove its folder from the "
             "loader's path";
    default:
      return fmt::format("the CUDA runtime reports: {} ({})", cudaGetErrorString(status),
                         cudaGetErrorName(status));
  }
}

std::vector<std::string> missing_driver() {
  void* const driver = dlopen("libcuda.so.1", RTLD_NOW);
  if (driver == nullptr) return {fmt::format("no NVIDIA driver: {}", dlerror())};
  // The runtime's own cudaDriverGetVersion says 0 for whatever displeases it.
  using GetVersion = int(int*);
  const auto get_version = reinterpret_cast<GetVersion*>(dlsym(driver, "cuDriverGetVersion"));
  if (get_version == nullptr) return {fmt::format("no NVIDIA driver: {}", dlerror())};
  int version = 0;
  // The driver's and the runtime's error codes are the same numbers.
  const auto status = static_cast<cudaError_t>(get_version(&version));
  if (status != cudaSuccess) return {explain(status)};
  if (version >= oldest_driver) return {};
  return {fmt::format(
      "the NVIDIA driver is too old: it supports CUDA {}.{}, Keraunos was built with CUDA {}.{}, "
      "which needs driver {} or newer",
      version / 1000, version / 10 % 100, CUDART_VERSION / 1000, CUDART_VERSION / 10 % 100,
      oldest_driver_branch)};
}

std::vector<std::string> too_old_device(int device) {
  int major = 0;
  int minor = 0;
  for (const auto& [value, attribute] : {std::pair{&major, cudaDevAttrComputeCapabilityMajor},
                                         std::pair{&minor, cudaDevAttrComputeCapabilityMinor}}) {
    if (const cudaError_t status = cudaDeviceGetAttribute(value, attribute, device);
        status != cudaSuccess) {
      return {explain(status)};
    }
  }
  if (std::string problem = capability_problem(device, major, minor); !problem.empty()) {
    return {std::move(problem)};
  }
  return {};
}

}  // namespace

std::string capability_problem(int device, int major, int minor) {
  if (major * 10 + minor >= oldest_capability) return {};
  return fmt::format("gpu:{} has compute capability {}.{}; {}.{} (Turing) or newer is needed",
                     device, major, minor, oldest_capability / 10, oldest_capability % 10);
}

std::vector<std::string> missing_device(int device) {
  if (auto reasons = missing_driver(); !reasons.empty()) return reasons;
  int count = 0;
  if (const cudaError_t status = cudaGetDeviceCount(&count); status != cudaSuccess) {
    return {explain(status)};
  }
  if (count == 0) return {no_device()};
  if (device < 0 || device >= count) {
    return {fmt::format("there is no gpu:{}: CUDA shows {} of them, from gpu:0 on", device, count)};
  }
  return too_old_device(device);
}

}  // namespace keraunos::cuda
