#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "keraunos/device.hpp"
#include "runtime/backend/kernel.hpp"

namespace keraunos {

/// A device. One per process and device, made once and never destroyed; all methods may be called
/// from any thread. Failures are keraunos::Error (device_failure, out_of_memory).
class Backend {
 public:
  virtual ~Backend() = default;

  virtual DeviceInfo info() const = 0;

  /// How many the machine has, this one included.
  virtual int devices_of_this_kind() const { return 1; }

  /// True for a device that is known by a description only: kernels are chosen and plans made for
  /// it; it has no memory and runs nothing.
  virtual bool is_described() const { return false; }

  /// True where kernels read host memory: no copies, and constants are used in place.
  virtual bool shares_host_memory() const = 0;

  /// Device memory, aligned to 256 bytes, contents undefined.
  virtual void* allocate(std::size_t bytes) = 0;
  virtual void free(void* memory) noexcept = 0;

  /// Host memory from which copies to the device can overlap with work (pinned on a GPU).
  virtual void* allocate_staging(std::size_t bytes) = 0;
  virtual void free_staging(void* memory) noexcept = 0;

  /// A stream for plans that were built with these options.
  virtual std::unique_ptr<Stream> make_stream(const BuildOptions& options) = 0;

  /// In stream order. `host` must stay valid until the stream is synchronised.
  virtual void copy_to_device(void* device, const void* host, std::size_t bytes, Stream&) = 0;
  virtual void copy_to_host(void* host, const void* device, std::size_t bytes, Stream&) = 0;
  virtual void copy_on_device(void* dst, const void* src, std::size_t bytes, Stream&) = 0;

  /// Why the device cannot compute in this precision; empty where it can.
  virtual std::string problem_with_precision(Precision) const { return {}; }

  /// Why kernels cannot read what `pointer` points at as memory of this device; empty where they
  /// can.
  virtual std::string problem_with(const void* pointer) const = 0;

  /// Lets `stream` wait for what the caller has put on a stream of the device's own kind.
  virtual void wait_for(void* callers_stream, Stream& stream) = 0;

  /// The ordered list for the op with this index in `Op`; empty where the device has no kernel.
  virtual std::span<const KernelEntry> kernels_for(std::size_t op_index) const = 0;
};

/// The CPU. Always there.
Backend& cpu_backend();
/// The CPU with the reference kernels alone: slow, and what results are compared with.
Backend& reference_backend();

/// A GPU as cuDNN describes it: enough to choose engines for it where it is not.
struct GpuDescription {
  std::string name;   // "h100"
  std::string model;  // "NVIDIA H100 80GB HBM3"
  std::size_t memory_bytes = 0;
  int capability = 0;  // 90 for 9.0
  std::string json;    // cuDNN's own form
};

/// GPU `index` of those that CUDA shows, through libkeraunos_cuda.so. Throws
/// Error(device_unavailable) whose message holds every reason. The outcome of the first call for a
/// given library and GPU is kept.
Backend& cuda_backend(const std::string& library, int index = 0);

/// A GPU that need not be there. Needs the libraries of CUDA, no driver. Throws as cuda_backend().
Backend& described_backend(const std::string& library, const GpuDescription& description);

/// What libkeraunos_cuda.so exports. The library is built from the same sources with the same
/// compiler; `contract` refuses any other.
extern "C" {
struct KeraunosCudaResult {
  Backend* backend;   // null on failure
  char reason[4096];  // on failure: every reason, separated by "; "
};
}
inline constexpr std::uint32_t backend_contract = 3;
inline constexpr const char* cuda_entry_point = "keraunos_cuda_open";
/// Opens GPU `index`, or where `description` is not null the GPU that it describes.
using CudaEntryPoint = void (*)(std::uint32_t contract, KeraunosCudaResult* result, int index,
                                const GpuDescription* description);

}  // namespace keraunos
