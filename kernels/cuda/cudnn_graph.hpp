#pragma once

#include <cudnn.h>

#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "keraunos/dtype.hpp"
#include "keraunos/options.hpp"

// Execution plans of cuDNN's graph API. Only cudnn_graph.cc sees cudnn-frontend, which takes half a
// minute to compile; everything else speaks in the plain structs below.
//
// Tensors are channels-last, and dense where nothing else is said: activations (batch, axes...,
// channels), filters (out, axes..., in/groups), cuDNN's "KRSC".

namespace keraunos::cuda {

/// One spatial axis of a sliding window.
struct WindowAxis {
  std::int64_t input = 1;
  std::int64_t size = 1;
  std::int64_t stride = 1;
  std::int64_t dilation = 1;
  std::int64_t pad_before = 0;
  std::int64_t pad_after = 0;

  std::int64_t output() const {
    return (input + pad_before + pad_after - (size - 1) * dilation - 1) / stride + 1;
  }
  friend auto operator<=>(const WindowAxis&, const WindowAxis&) = default;
};

/// What cuDNN does with a convolution's sums before it stores them, in this order: adds a residual
/// tensor, adds a bias, applies relu. It has precompiled engines for these on every GPU; for a
/// residual behind the bias it would compile one, and for relu or a residual without bias there is
/// none.
struct ConvEpilogue {
  bool bias = false;
  bool residual = false;
  bool relu = false;

  friend auto operator<=>(const ConvEpilogue&, const ConvEpilogue&) = default;
};

/// Everything that a convolution's plan depends on.
struct ConvProblem {
  std::int64_t batch = 1;
  std::vector<WindowAxis> axes;  // two or three
  std::int64_t in_channels = 1;
  std::int64_t out_channels = 1;
  std::int64_t groups = 1;
  ConvEpilogue epilogue;
  DType dtype = DType::float32;  // of all tensors; accumulation is in float32
  bool tf32 = false;             // float32 tensors may be rounded to TF32
  // From one position to the next, where channels are a part of wider rows; 0 where they are all.
  std::int64_t input_pitch = 0;
  std::int64_t output_pitch = 0;

  friend auto operator<=>(const ConvProblem&, const ConvProblem&) = default;
};

/// "4x28x28x1 -> 32, 3/1@1 pad 1+1 x 3/1@1 pad 1+1, groups 1, tf32": for errors (problem.cc).
std::string to_string(const ConvProblem& problem);

/// What plans are built for. Used by one thread at a time.
class PlanTarget {
 public:
  struct Description;

  /// The GPU that `handle` was made for; the handle must outlive this object.
  explicit PlanTarget(cudnnHandle_t handle) : handle_(handle) {}
  /// A GPU known only by cuDNN's JSON description of it: plans can be built, not run.
  static PlanTarget described_by(const std::string& json);

  cudnnHandle_t handle() const { return handle_; }
  const std::shared_ptr<const Description>& description() const { return description_; }

 private:
  cudnnHandle_t handle_ = nullptr;
  std::shared_ptr<const Description> description_;
};

/// An operation with its engine chosen. Immutable; many threads may run it at once.
class CudnnPlan {
 public:
  virtual ~CudnnPlan() = default;
  virtual std::size_t workspace_bytes() const = 0;
  /// cuDNN's name for the engine and its knobs.
  virtual std::string engine() const = 0;
  /// `tensors`: input, filter, output and, where the problem has them, bias and residual. All
  /// 16-byte aligned. Throws Error(device_failure).
  virtual void run(cudnnHandle_t handle, std::span<void*> tensors, void* workspace) const = 0;
};

/// The first engine that cuDNN's heuristics recommend and that can be used: precompiled where there
/// is one, and with strict float32 none that rounds its inputs or transforms them. Throws
/// Error(unsupported) with cuDNN's reason where there is no engine.
std::shared_ptr<const CudnnPlan> build_conv_plan(const PlanTarget&, const ConvProblem&);

}  // namespace keraunos::cuda
