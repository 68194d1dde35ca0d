#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "kernels/cuda/check.hpp"
#include "kernels/cuda/cudnn_graph.hpp"
#include "runtime/backend/backend.hpp"

namespace keraunos::cuda {

/// What kernels are built for: a GPU of this machine, or one that is only described. Keeps the
/// plans of all convolutions seen so far, which all models and shapes share. Thread-safe.
class GpuTarget {
 public:
  /// The GPU of this number.
  explicit GpuTarget(int device) : device_(device) {}
  /// One known by cuDNN's JSON. Throws Error(unsupported) where cuDNN cannot read that.
  explicit GpuTarget(const std::string& json) : plan_target_(PlanTarget::described_by(json)) {}

  bool is_described() const { return !device_; }

  /// As build_conv_plan().
  std::shared_ptr<const CudnnPlan> conv_plan(const ConvProblem& problem);

  /// What cuBLASLt's algorithms are chosen with; the GPU must not be a described one.
  cublasLtHandle_t cublas_lt_handle();

 private:
  std::optional<int> device_;
  std::mutex mutex_;
  OwnedCudnn cudnn_;
  OwnedCublasLt cublas_lt_;
  std::optional<PlanTarget> plan_target_;
  std::map<ConvProblem, std::shared_ptr<const CudnnPlan>> conv_plans_;
};

/// A backend with the kernels of this library.
class GpuBackend : public Backend {
 public:
  /// `gpu` is what a GpuTarget is made of, `capability` its compute capability: 90 for 9.0.
  GpuBackend(const auto& gpu, int capability) : target_(gpu), capability_(capability) {}

  std::string problem_with_precision(Precision precision) const final;
  bool shares_host_memory() const override { return false; }
  std::span<const KernelEntry> kernels_for(std::size_t op_index) const override;

  GpuTarget& target() { return target_; }

 private:
  GpuTarget target_;
  int capability_;
};

/// The target of the backend that asks for a kernel.
GpuTarget& target_of(const BuildOptions& options);

/// Makes `device` current on the calling thread, then a handle.
OwnedCudnn make_cudnn_handle(int device);
OwnedCublasLt make_cublas_lt_handle(int device);
/// An event of the current device.
OwnedEvent make_event();

/// "CUDA 13.0, cuDNN 9.19.0, cuBLASLt 13.1.0".
std::string library_versions();

}  // namespace keraunos::cuda
