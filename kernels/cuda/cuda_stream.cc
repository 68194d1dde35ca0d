#include <unistd.h>

#include <utility>

#include "kernels/cuda/cuda_backend.hpp"

namespace keraunos::cuda {

StreamHandles StreamHandlePool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      StreamHandles handles = std::move(idle_.back());
      idle_.pop_back();
      return handles;
    }
  }
  StreamHandles handles;
  handles.cudnn = make_cudnn_handle(device_);
  handles.cublas_lt = make_cublas_lt_handle(device_);
  cudaStream_t stream = nullptr;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "creating a CUDA stream");
  handles.stream.reset(stream);
  check(cudnn().set_stream(handles.cudnn.get(), stream), "giving cuDNN its stream");
  for (OwnedEvent& mark : handles.marks) mark = make_event();
  return handles;
}

void StreamHandlePool::give_back(StreamHandles handles) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(handles));
}

CudaStream::CudaStream(int device, StreamHandlePool& pool)
    : device_(device), process_(getpid()), pool_(pool), handles_(pool.take()) {}

CudaStream::~CudaStream() { pool_.give_back(std::move(handles_)); }

void CudaStream::begin() {
  if (getpid() != process_) {
    fail(ErrorCode::device_failure,
         "this process was forked from process {}, which had opened the GPU; CUDA does not survive "
         "fork(): load the model in the child instead",
         process_);
  }
  require_alive();
  check(cudaSetDevice(device_), "making the GPU current");
}

void CudaStream::mark(std::size_t number) {
  check(cudaEventRecord(handles_.marks[number].get(), cuda()), "recording a CUDA event");
}

void CudaStream::wait_for_mark(std::size_t number) {
  check(cudaEventSynchronize(handles_.marks[number].get()), "running on the GPU");
}

void CudaStream::synchronize() {
  check(cudaStreamSynchronize(handles_.stream.get()), "running on the GPU");
}

}  // namespace keraunos::cuda
