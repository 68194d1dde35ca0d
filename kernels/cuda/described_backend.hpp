#pragma once

#include "kernels/cuda/gpu_target.hpp"

namespace keraunos::cuda {

/// A GPU that need not be there: chooses the kernels that it would get. Everything that takes
/// memory or time of a GPU is an Error(device_unavailable). Made once for each description, never
/// destroyed.
class DescribedBackend final : public GpuBackend {
 public:
  /// Precondition: open_libraries() succeeded.
  explicit DescribedBackend(const GpuDescription& description);

  DeviceInfo info() const override { return info_; }
  bool is_described() const override { return true; }

  void* allocate(std::size_t bytes) override;
  void free(void*) noexcept override {}
  void* allocate_staging(std::size_t bytes) override;
  void free_staging(void*) noexcept override {}
  std::unique_ptr<Stream> make_stream(const BuildOptions& options) override;
  void copy_to_device(void* device, const void* host, std::size_t bytes, Stream& stream) override;
  void copy_to_host(void* host, const void* device, std::size_t bytes, Stream& stream) override;
  void copy_on_device(void* dst, const void* src, std::size_t bytes, Stream& stream) override;
  std::string problem_with(const void* pointer) const override;
  void wait_for(void* callers_stream, Stream& stream) override;

 private:
  [[noreturn]] void refuse() const;

  DeviceInfo info_;
};

}  // namespace keraunos::cuda
