#include "keraunos/device.hpp"

#include <fmt/format.h>

#include "keraunos/error.hpp"
#include "runtime/backend/backend.hpp"

namespace keraunos {

std::vector<DeviceReport> devices(const std::string& cuda_library) {
  std::vector<DeviceReport> reports = {{cpu_backend().info(), true, {}}};
  int count = 1;
  for (int index = 0; index < count; ++index) {
    DeviceReport gpu;
    try {
      const Backend& backend = cuda_backend(cuda_library, index);
      gpu = {backend.info(), true, {}};
      count = backend.devices_of_this_kind();
    } catch (const Error& error) {
      gpu.info.name = index == 0 ? "gpu" : fmt::format("gpu:{}", index);
      gpu.reason = error.message();
    }
    reports.push_back(std::move(gpu));
  }
  return reports;
}

}  // namespace keraunos
