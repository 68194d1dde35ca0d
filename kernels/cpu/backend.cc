#include "runtime/backend/backend.hpp"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>

#include "kernels/cpu/kernels.hpp"
#include "kernels/cpu/stream.hpp"
#include "kernels/reference/kernels.hpp"
#include "runtime/base/checked.hpp"

namespace keraunos {
namespace {

std::string cpu_model() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t value = line.find_first_not_of(" \t:", std::strlen("model name"));
    if (value != std::string::npos) return line.substr(value);
  }
  return "unknown";
}

class CpuBackend : public Backend {
 public:
  using Kernels = std::span<const KernelEntry> (*)(std::size_t op_index);
  CpuBackend(Kernels kernels, std::string libraries)
      : kernels_(kernels), libraries_(std::move(libraries)) {}

  DeviceInfo info() const override {
    const auto pages = static_cast<std::size_t>(std::max(sysconf(_SC_PHYS_PAGES), 0L));
    const auto page_size = static_cast<std::size_t>(std::max(sysconf(_SC_PAGESIZE), 0L));
    return {"cpu", cpu_model(), libraries_, pages * page_size};
  }

  bool shares_host_memory() const override { return true; }

  void* allocate(std::size_t bytes) override {
    constexpr std::size_t alignment = 256;
    void* memory =
        bytes < PTRDIFF_MAX - alignment
            ? std::aligned_alloc(alignment, round_up(std::max<std::size_t>(bytes, 1), alignment))
            : nullptr;
    if (memory == nullptr) {
      fail(ErrorCode::out_of_memory, "no memory for {} bytes on the CPU", bytes);
    }
    return memory;
  }
  void free(void* memory) noexcept override { std::free(memory); }

  void* allocate_staging(std::size_t bytes) override { return allocate(bytes); }
  void free_staging(void* memory) noexcept override { free(memory); }

  std::unique_ptr<Stream> make_stream(const BuildOptions& options) override {
    return std::make_unique<cpu::CpuStream>(options.threads);
  }

  void copy_to_device(void* device, const void* host, std::size_t bytes, Stream&) override {
    copy(device, host, bytes);
  }
  void copy_to_host(void* host, const void* device, std::size_t bytes, Stream&) override {
    copy(host, device, bytes);
  }
  void copy_on_device(void* dst, const void* src, std::size_t bytes, Stream&) override {
    copy(dst, src, bytes);
  }

  std::string problem_with(const void*) const override { return {}; }
  void wait_for(void*, Stream&) override {}

  std::span<const KernelEntry> kernels_for(std::size_t op_index) const override {
    return kernels_(op_index);
  }

 private:
  static void copy(void* dst, const void* src, std::size_t bytes) {
    if (bytes > 0) std::memcpy(dst, src, bytes);
  }

  Kernels kernels_;
  std::string libraries_;
};

}  // namespace

// Neither is ever destroyed: threads may outlive main.

Backend& cpu_backend() {
  static auto* const backend = new CpuBackend(cpu::kernels_for, cpu::libraries());
  return *backend;
}

Backend& reference_backend() {
  static auto* const backend = new CpuBackend(reference_kernels, "reference kernels");
  return *backend;
}

}  // namespace keraunos
