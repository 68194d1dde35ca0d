#include "kernels/cuda/gpu_target.hpp"

#include "kernels/cuda/kernels.hpp"

namespace keraunos::cuda {
namespace {

// A plan takes some 200 KiB; above this those that no kernel uses are dropped.
constexpr std::size_t most_plans = 2000;

std::string version_text(std::size_t version) {
  return fmt::format("{}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

}  // namespace

std::shared_ptr<const CudnnPlan> GpuTarget::conv_plan(const ConvProblem& problem) {
  const std::lock_guard lock(mutex_);
  if (const auto found = conv_plans_.find(problem); found != conv_plans_.end()) {
    return found->second;
  }
  if (device_) check(cudaSetDevice(*device_), "making the GPU current");
  if (!plan_target_) {
    cudnn_ = make_cudnn_handle(*device_);
    plan_target_.emplace(cudnn_.get());
  }
  auto plan = build_conv_plan(*plan_target_, problem);
  if (conv_plans_.size() >= most_plans) {
    std::erase_if(conv_plans_, [](const auto& entry) { return entry.second.use_count() == 1; });
  }
  return conv_plans_[problem] = std::move(plan);
}

cublasLtHandle_t GpuTarget::cublas_lt_handle() {
  const std::lock_guard lock(mutex_);
  if (!cublas_lt_) cublas_lt_ = make_cublas_lt_handle(device_.value());
  return cublas_lt_.get();
}

std::string GpuBackend::problem_with_precision(Precision precision) const {
  constexpr int oldest_with_bfloat16 = 80;  // Ampere
  if (precision != Precision::bfloat16 || capability_ >= oldest_with_bfloat16) return {};
  return fmt::format(
      "{} has compute capability {}.{}, and bfloat16 needs {}.{} or newer: take float16 or tf32",
      info().name, capability_ / 10, capability_ % 10, oldest_with_bfloat16 / 10,
      oldest_with_bfloat16 % 10);
}

std::span<const KernelEntry> GpuBackend::kernels_for(std::size_t op_index) const {
  return cuda::kernels_for(op_index);
}

GpuTarget& target_of(const BuildOptions& options) {
  return static_cast<GpuBackend&>(*options.device).target();
}

OwnedCudnn make_cudnn_handle(int device) {
  check(cudaSetDevice(device), "making the GPU current");
  cudnnHandle_t handle = nullptr;
  check(cudnn().create(&handle), "creating a cuDNN handle");
  return OwnedCudnn(handle);
}

OwnedCublasLt make_cublas_lt_handle(int device) {
  check(cudaSetDevice(device), "making the GPU current");
  cublasLtHandle_t handle = nullptr;
  check(cublas_lt().create(&handle), "creating a cuBLASLt handle");
  return OwnedCublasLt(handle);
}

OwnedEvent make_event() {
  cudaEvent_t event = nullptr;
  check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "creating a CUDA event");
  return OwnedEvent(event);
}

std::string library_versions() {
  return fmt::format("CUDA {}.{}, cuDNN {}, cuBLASLt {}", CUDART_VERSION / 1000,
                     CUDART_VERSION / 10 % 100, version_text(cudnn().get_version()),
                     version_text(cublas_lt().get_version()));
}

}  // namespace keraunos::cuda
