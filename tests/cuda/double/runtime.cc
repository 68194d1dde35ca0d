#include <cuda_runtime_api.h>

#include <array>
#include <atomic>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <optional>

#include "keraunos/error.hpp"
#include "tests/cuda/double/device.hpp"

// The CUDA runtime's functions that kernels/cuda calls, on host memory.

struct CUstream_st {
  int device = 0;
  std::deque<std::function<void()>> queue;
  std::size_t done = 0;  // of all work that was ever queued
};

/// What a stream had been given when the event was recorded.
struct CUevent_st {
  cudaStream_t stream = nullptr;
  std::size_t work = 0;
};

namespace keraunos::cuda_double {
namespace {

constexpr std::size_t alignment = 256;
constexpr std::size_t device_bytes = std::size_t{8} << 30;

std::array<std::atomic<int>, static_cast<std::size_t>(Call::count)> calls_until_failure;
std::atomic<bool> lost = false;
std::atomic<std::size_t> launches = 0;
thread_local cudaError_t last_error = cudaSuccess;
thread_local int current_device = 0;

cudaError_t outcome(cudaError_t status) {
  if (status != cudaSuccess) last_error = status;
  return status;
}

cudaError_t outcome_of(Call call, cudaError_t failure) {
  if (shall_fail(call)) return outcome(failure);
  return outcome(lost ? cudaErrorLaunchFailure : cudaSuccess);
}

/// The memory of all devices, and the host's pinned one: what was given out and not given back.
class Memory {
 public:
  static constexpr int pinned = -1;  // in place of a device

  static Memory& instance() {
    static auto* const memory = new Memory;
    return *memory;
  }

  void* allocate(std::size_t bytes, int device) {
    const std::lock_guard lock(mutex_);
    if (bytes > device_bytes - in_use_) return nullptr;
    const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    void* const memory = std::aligned_alloc(alignment, rounded);
    if (memory == nullptr) return nullptr;
    std::memset(memory, 0xff, rounded);  // NaN in every float format
    blocks_[memory] = {bytes, device};
    in_use_ += bytes;
    return memory;
  }

  void free(void* memory) {
    const std::lock_guard lock(mutex_);
    const auto found = blocks_.find(memory);
    if (found == blocks_.end()) die("memory is freed that was not allocated");
    in_use_ -= found->second.bytes;
    blocks_.erase(found);
    std::free(memory);
  }

  /// The device whose memory `pointer` is, or `pinned`.
  std::optional<int> owner_of(const void* pointer) {
    const std::lock_guard lock(mutex_);
    const auto behind = blocks_.upper_bound(const_cast<void*>(pointer));
    if (behind == blocks_.begin()) return std::nullopt;
    const auto& [start, block] = *std::prev(behind);
    const bool inside =
        static_cast<const char*>(pointer) < static_cast<const char*>(start) + block.bytes;
    return inside ? std::optional(block.device) : std::nullopt;
  }

  std::size_t in_use() {
    const std::lock_guard lock(mutex_);
    return in_use_;
  }

 private:
  std::mutex mutex_;
  struct Block {
    std::size_t bytes;
    int device;
  };
  std::map<void*, Block> blocks_;
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
  if (stream->device != current_device) die("a stream is used while another device is current");
  stream->queue.push_back(std::move(work));
}

void enqueue_grid(unsigned blocks, unsigned threads, cudaStream_t stream,
                  std::function<void()> run) {
  if (shall_fail(Call::launch)) throw Error(ErrorCode::device_failure, "a launch that shall fail");
  enqueue(stream, [=] { run_grid(blocks, threads, run); });
}

/// Does the first `work` of what the stream was ever given.
void run_stream(cudaStream_t stream, std::size_t work) {
  for (; stream->done < work && !stream->queue.empty(); ++stream->done) {
    const std::function<void()> next = std::move(stream->queue.front());
    stream->queue.pop_front();
    next();
  }
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
  if (device < 0 || device >= device_count) return outcome(cudaErrorInvalidDevice);
  current_device = device;
  return cudaSuccess;
}

cudaError_t cudaMalloc(void** memory, std::size_t bytes) {
  if (const cudaError_t status = outcome_of(Call::allocate, cudaErrorMemoryAllocation);
      status != cudaSuccess) {
    return status;
  }
  *memory = Memory::instance().allocate(bytes, current_device);
  return outcome(*memory == nullptr ? cudaErrorMemoryAllocation : cudaSuccess);
}

cudaError_t cudaFree(void* memory) {
  if (memory != nullptr) Memory::instance().free(memory);
  return outcome(lost ? cudaErrorLaunchFailure : cudaSuccess);
}

cudaError_t cudaMallocHost(void** memory, std::size_t bytes) {
  *memory = Memory::instance().allocate(bytes, Memory::pinned);
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
  stream->queue.emplace_back([=] { std::memcpy(dst, src, bytes); });
  return outcome(lost ? cudaErrorLaunchFailure : cudaSuccess);
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  *stream = new CUstream_st{current_device, {}};
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  delete stream;
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  const cudaError_t status = outcome_of(Call::synchronize, cudaErrorLaunchFailure);
  if (status == cudaSuccess) run_stream(stream, stream->done + stream->queue.size());
  stream->done += stream->queue.size();
  stream->queue.clear();
  return status;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  *event = new CUevent_st;
  return cudaSuccess;
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  *event = {stream, stream == nullptr ? 0 : stream->done + stream->queue.size()};
  return cudaSuccess;
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  if (event->stream != nullptr) run_stream(event->stream, event->work);
  return outcome(lost ? cudaErrorLaunchFailure : cudaSuccess);
}
// An event may be recorded again or destroyed before the stream gets there.
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  stream->queue.emplace_back([recorded = *event] {
    if (recorded.stream != nullptr) run_stream(recorded.stream, recorded.work);
  });
  return cudaSuccess;
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* pointer) {
  const std::optional<int> owner = Memory::instance().owner_of(pointer);
  *attributes = {};
  attributes->type = !owner                     ? cudaMemoryTypeUnregistered
                     : *owner == Memory::pinned ? cudaMemoryTypeHost
                                                : cudaMemoryTypeDevice;
  attributes->device = owner.value_or(0);
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = device_count;
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
