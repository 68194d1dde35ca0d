#include "keraunos/device.hpp"

#include "keraunos/error.hpp"
#include "runtime/backend/backend.hpp"

namespace keraunos {

std::vector<DeviceReport> devices(const std::string& cuda_library) {
  std::vector<DeviceReport> reports = {{cpu_backend().info(), true, {}}};
  DeviceReport gpu;
  try {
    gpu = {cuda_backend(cuda_library).info(), true, {}};
  } catch (const Error& error) {
    gpu.info.name = "gpu";
    gpu.reason = error.message();
  }
  reports.push_back(std::move(gpu));
  return reports;
}

}  // namespace keraunos
