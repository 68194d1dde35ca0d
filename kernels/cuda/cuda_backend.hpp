#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "kernels/cuda/gpu_target.hpp"
#include "kernels/cuda/own/cuda_stream.hpp"

namespace keraunos::cuda {

/// Every reason why a GPU cannot be used: no driver, one too old, no such device, one too old.
/// Empty where it can. Asks the driver; creates no context.
std::vector<std::string> missing_device(int device);

/// Why a GPU of this compute capability cannot be used; empty where it can.
std::string capability_problem(int device, int major, int minor);

/// A CUDA stream and the library handles that go with it: none may be used by two threads at once.
struct StreamHandles {
  OwnedStream stream;
  OwnedCudnn cudnn;
  OwnedCublasLt cublas_lt;
  std::array<OwnedEvent, 2> marks;
};

/// Handles that no stream uses at the moment: making them takes up to some tenths of a second.
/// Thread-safe.
class StreamHandlePool {
 public:
  explicit StreamHandlePool(int device) : device_(device) {}
  StreamHandles take();
  void give_back(StreamHandles handles);

 private:
  int device_;
  std::mutex mutex_;
  std::vector<StreamHandles> idle_;
};

/// An order of work for the GPU.
class CudaStream final : public CudaStreamHandle {
 public:
  /// `pool` must outlive the stream.
  CudaStream(int device, StreamHandlePool& pool);
  ~CudaStream() override;
  CudaStream(const CudaStream&) = delete;
  CudaStream& operator=(const CudaStream&) = delete;

  /// Makes the device current; refuses a child process, where CUDA does not work.
  void begin() override;
  void end() noexcept override {}
  void synchronize() override;
  void mark(std::size_t number) override;
  void wait_for_mark(std::size_t number) override;

  cudaStream_t cuda() const override { return handles_.stream.get(); }
  cudnnHandle_t cudnn_handle() const { return handles_.cudnn.get(); }
  cublasLtHandle_t cublas_lt_handle() const { return handles_.cublas_lt.get(); }

 private:
  int device_;
  pid_t process_;
  StreamHandlePool& pool_;
  StreamHandles handles_;
};

/// GPU `device` of those that CUDA shows this process (CUDA_VISIBLE_DEVICES). Made once, never
/// destroyed: at exit the driver may be gone before the last static destructor runs.
class CudaBackend final : public GpuBackend {
 public:
  /// Creates the device's context. Precondition: open_libraries() succeeded.
  explicit CudaBackend(int device);

  DeviceInfo info() const override { return info_; }
  int devices_of_this_kind() const override;
  void* allocate(std::size_t bytes) override;
  void free(void* memory) noexcept override;
  void* allocate_staging(std::size_t bytes) override;
  void free_staging(void* memory) noexcept override;
  std::unique_ptr<Stream> make_stream(const BuildOptions& options) override;
  void copy_to_device(void* device, const void* host, std::size_t bytes, Stream& stream) override;
  void copy_to_host(void* host, const void* device, std::size_t bytes, Stream& stream) override;
  void copy_on_device(void* dst, const void* src, std::size_t bytes, Stream& stream) override;
  std::string problem_with(const void* pointer) const override;
  void wait_for(void* callers_stream, Stream& stream) override;

 private:
  int device_;
  DeviceInfo info_;
  StreamHandlePool handles_;
};

}  // namespace keraunos::cuda
