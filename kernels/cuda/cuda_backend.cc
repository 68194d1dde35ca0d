#include "kernels/cuda/cuda_backend.hpp"

namespace keraunos::cuda {
namespace {

// What cuDNN and cuBLASLt are promised.
constexpr std::uintptr_t pointer_alignment = 16;

void make_current(int device) { check(cudaSetDevice(device), "making the GPU current"); }

void copy(void* dst, const void* src, std::size_t bytes, cudaMemcpyKind kind, Stream& stream,
          const char* what) {
  check(cudaMemcpyAsync(dst, src, bytes, kind, cuda_stream(stream)), what);
}

cudaDeviceProp properties_of(int device) {
  cudaDeviceProp properties{};
  check(cudaGetDeviceProperties(&properties, device), "asking the GPU for its properties");
  return properties;
}

int capability_of(int device) {
  const cudaDeviceProp properties = properties_of(device);
  return properties.major * 10 + properties.minor;
}

DeviceInfo describe(int device) {
  const cudaDeviceProp properties = properties_of(device);
  DeviceInfo info;
  info.name = fmt::format("gpu:{}", device);
  info.model = properties.name;
  info.libraries = library_versions();
  info.memory_bytes = properties.totalGlobalMem;
  return info;
}

}  // namespace

CudaBackend::CudaBackend(int device)
    : GpuBackend(device, capability_of(device)), device_(device), handles_(device) {
  make_current(device);
  check(cudaFree(nullptr), "creating the GPU's context");
  info_ = describe(device);
}

int CudaBackend::devices_of_this_kind() const {
  int count = 0;
  check(cudaGetDeviceCount(&count), "counting the GPUs");
  return count;
}

void* CudaBackend::allocate(std::size_t bytes) {
  require_alive();
  make_current(device_);
  void* memory = nullptr;
  const cudaError_t status = cudaMalloc(&memory, bytes);
  if (status == cudaErrorMemoryAllocation) {
    cudaGetLastError();
    std::size_t free_bytes = 0;
    std::size_t total_bytes = 0;
    cudaMemGetInfo(&free_bytes, &total_bytes);
    fail(ErrorCode::out_of_memory, "the GPU has no room for {} bytes: {} of its {} bytes are free",
         bytes, free_bytes, total_bytes);
  }
  check(status, "allocating GPU memory");
  return memory;
}

void CudaBackend::free(void* memory) noexcept { cudaFree(memory); }

void* CudaBackend::allocate_staging(std::size_t bytes) {
  make_current(device_);
  void* memory = nullptr;
  check(cudaMallocHost(&memory, bytes), "allocating pinned memory");
  return memory;
}

void CudaBackend::free_staging(void* memory) noexcept { cudaFreeHost(memory); }

std::unique_ptr<Stream> CudaBackend::make_stream(const BuildOptions&) {
  return std::make_unique<CudaStream>(device_, handles_);
}

void CudaBackend::copy_to_device(void* device, const void* host, std::size_t bytes,
                                 Stream& stream) {
  copy(device, host, bytes, cudaMemcpyHostToDevice, stream, "copying to the GPU");
}

void CudaBackend::copy_to_host(void* host, const void* device, std::size_t bytes, Stream& stream) {
  copy(host, device, bytes, cudaMemcpyDeviceToHost, stream, "copying from the GPU");
}

void CudaBackend::copy_on_device(void* dst, const void* src, std::size_t bytes, Stream& stream) {
  copy(dst, src, bytes, cudaMemcpyDeviceToDevice, stream, "copying on the GPU");
}

std::string CudaBackend::problem_with(const void* pointer) const {
  make_current(device_);
  cudaPointerAttributes attributes{};
  check(cudaPointerGetAttributes(&attributes, pointer), "asking where a pointer points");
  const bool reachable =
      attributes.type == cudaMemoryTypeDevice || attributes.type == cudaMemoryTypeManaged;
  if (!reachable) return fmt::format("{} is host memory, not memory of {}", pointer, info_.name);
  if (attributes.device != device_) {
    return fmt::format("{} is memory of gpu:{}, not of {}", pointer, attributes.device, info_.name);
  }
  if (reinterpret_cast<std::uintptr_t>(pointer) % pointer_alignment == 0) return {};
  return fmt::format("{} is not a multiple of {}", pointer, pointer_alignment);
}

void CudaBackend::wait_for(void* callers_stream, Stream& stream) {
  make_current(device_);
  const OwnedEvent event = make_event();
  check(cudaEventRecord(event.get(), static_cast<cudaStream_t>(callers_stream)),
        "recording what the caller's stream does");
  check(cudaStreamWaitEvent(cuda_stream(stream), event.get(), 0),
        "waiting for the caller's stream");
}
}  // namespace keraunos::cuda
