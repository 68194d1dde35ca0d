#include <cuda_runtime_api.h>

#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include "keraunos/error.hpp"
#include "tests/cuda/double/device.hpp"

// The CUDA runtime's functions that kernels/cuda calls, on host memory.

struct CUstream_st {
  std::vector<std::function<void()>> queue;
};

namespace keraunos::cuda_double {
namespace {

constexpr std::size_t alignment = 256;
constexpr std::size_t device_bytes = std::size_t{8} << 30;

std::array<std::atomic<int>, static_cast<std::size_t>(Call::count)> calls_until_failure;
std::atomic<bool> lost = false;
std::atomic<std::size_t> launches = 0;
thread_local cudaError_t last_error = cudaSuccess;

cudaError_t outcome(cudaError_t status) {
  if (status != cudaSuccess) last_error = status;
  return status;
}

cudaError_t outcome_of(Call call, cudaError_t failure) {
  if (shall_fail(call)) return outcome(failure);
  return outcome(lost ? cudaErrorLaunchFailure : cudaSuccess);
}

/// Device memory: what was given out and not given back.
class Memory {
 public:
  static Memory& instance() {
    static auto* const memory = new Memory;
    return *memory;
  }

  void* allocate(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    if (bytes > device_bytes - in_use_) return nullptr;
    const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    void* const memory = std::aligned_alloc(alignment, rounded);
    if (memory == nullptr) return nullptr;
    std::memset(memory, 0xff, rounded);  // NaN in every float format
    sizes_[memory] = bytes;
    in_use_ += bytes;
    return memory;
  }

  void free(void* memory) {
    const std::lock_guard lock(mutex_);
    const auto found = sizes_.find(memory);
    if (found == sizes_.end()) die("memory is freed that was not allocated");
    in_use_ -= found->second;
    sizes_.erase(found);
    std::free(memory);
  }

  bool holds(const void* pointer) {
    const std::lock_guard lock(mutex_);
    const auto behind = sizes_.upper_bound(const_cast<void*>(pointer));
    if (behind == sizes_.begin()) return false;
    const auto& [start, bytes] = *std::prev(behind);
    return static_cast<const char*>(pointer) < static_cast<const char*>(start) + bytes;
  }

  std::size_t in_use() {
    const std::lock_guard lock(mutex_);
    return in_use_;
  }

 private:
  std::mutex mutex_;
  std::map<void*, std::size_t> sizes_;
  std::size_t in_use_ = 0;
};

}  // namespace

bool shall_fail(Call call) {
  if (call == Call::launch) ++launches;
  auto& left = calls_until_failure[static_cast<std::size_t>(call)];
  if (left.load() == 0 || left.fetch_sub(1) != 1) return false;
  if (call == Call::synchronize) lost = true;
  return true;
}

void enqueue(cudaStream_t stream, std::function<void()> work) {
  stream->queue.push_back(std::move(work));
}

void enqueue_grid(unsigned blocks, unsigned threads, cudaStream_t stream,
                  std::function<void()> run) {
  if (shall_fail(Call::launch)) throw Error(ErrorCode::device_failure, "a launch that shall fail");
  enqueue(stream, [=] { run_grid(blocks, threads, run); });
}

void scribble(void* workspace, std::size_t bytes) {
  if (bytes > 0) std::memset(workspace, 0xff, bytes);
}

void require_alignment(const void* pointer, std::size_t bytes, const char* what) {
  if (reinterpret_cast<std::uintptr_t>(pointer) % bytes != 0) die(what);
}

float round_to_tf32(float x) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &x, sizeof(bits));
  if ((bits & 0x7f800000U) == 0x7f800000U) return x;  // infinity and NaN
  bits += 0xfffU + ((bits >> 13) & 1U);
  bits &= ~0x1fffU;
  std::memcpy(&x, &bits, sizeof(bits));
  return x;
}

}  // namespace keraunos::cuda_double

using namespace keraunos::cuda_double;

extern "C" {

void keraunos_double_fail(int call, int n) {
  lost = false;
  calls_until_failure[static_cast<std::size_t>(call)] = n;
}
std::size_t keraunos_double_launches() { return launches; }
std::size_t keraunos_double_bytes() { return Memory::instance().in_use(); }

cudaError_t cudaSetDevice(int device) {
  return outcome(device == 0 ? cudaSuccess : cudaErrorInvalidDevice);
}

cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
  if (const cudaError_t status = outcome_of(Call::allocate, cudaErrorMemoryAllocation);
      status != cudaSuccess) {
    return status;
  }
  *memory = Memory::instance().allocate(bytes);
  return outcome(*memory == nullptr ? cudaErrorMemoryAllocation : cudaSuccess);
}

cudaError_t cudaFree(void* memory) {
  if (memory != nullptr) Memory::instance().free(memory);
  return outcome(lost ? cudaErrorLaunchFailure : cudaSuccess);
}

cudaError_t cudaMallocHost(void** memory, std::size_t bytes) {
  *memory = Memory::instance().allocate(bytes);
  return outcome(*memory == nullptr ? cudaErrorMemoryAllocation : cudaSuccess);
}
cudaError_t cudaFreeHost(void* memory) { return cudaFree(memory); }

cudaError_t cudaMemGetInfo(std::size_t* free_bytes, std::size_t* total_bytes) {
  *total_bytes = device_bytes;
  *free_bytes = device_bytes - Memory::instance().in_use();
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* dst, const void* src, std::size_t bytes, cudaMemcpyKind,
                            cudaStream_t stream) {
  enqueue(stream, [=] { std::memcpy(dst, src, bytes); });
  return outcome(lost ? cudaErrorLaunchFailure : cudaSuccess);
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  *stream = new CUstream_st;
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  delete stream;
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  std::vector<std::function<void()>> queue = std::move(stream->queue);
  stream->queue.clear();
  const cudaError_t status = outcome_of(Call::synchronize, cudaErrorLaunchFailure);
  if (status != cudaSuccess) return status;
  for (const auto& work : queue) work();
  return cudaSuccess;
}

// An event is what was queued before it: recording it does that work.
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  *event = reinterpret_cast<cudaEvent_t>(new char);
  return cudaSuccess;
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete reinterpret_cast<char*>(event);
  return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t, cudaStream_t stream) {
  return stream == nullptr ? cudaSuccess : cudaStreamSynchronize(stream);
}
cudaError_t cudaStreamWaitEvent(cudaStream_t, cudaEvent_t, unsigned) { return cudaSuccess; }

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* pointer) {
  *attributes = {};
  attributes->type =
      Memory::instance().holds(pointer) ? cudaMemoryTypeDevice : cudaMemoryTypeUnregistered;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = 1;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
  *properties = {};
  std::strcpy(properties->name, "a device double");
  properties->totalGlobalMem = device_bytes;
  properties->major = 9;
  return cudaSuccess;
}

cudaError_t cudaGetLastError() { return std::exchange(last_error, cudaSuccess); }
const char* cudaGetErrorString(cudaError_t status) {
  return status == cudaErrorMemoryAllocation ? "out of memory" : "unspecified launch failure";
}
const char* cudaGetErrorName(cudaError_t status) {
  return status == cudaErrorMemoryAllocation ? "cudaErrorMemoryAllocation"
                                             : "cudaErrorLaunchFailure";
}

}  // extern "C"
