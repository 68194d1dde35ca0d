#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "keraunos/device.hpp"
#include "keraunos/export.hpp"
#include "keraunos/model.hpp"
#include "keraunos/options.hpp"
#include "keraunos/plan.hpp"
#include "keraunos/tensor.hpp"

namespace keraunos {

/// What the plan cache of a session has done so far.
struct CacheReport {
  std::size_t plans = 0;  ///< now in the cache
  std::size_t bytes = 0;  ///< that their arenas need
  std::size_t hits = 0;
  std::size_t misses = 0;
  std::size_t evictions = 0;
};

/// What memory a session holds now. Arenas are for activations and scratch: one for each run that
/// was ever in progress at the same time as others, as large as its largest plan.
struct MemoryReport {
  std::size_t weights = 0;      ///< on the CPU, in bytes, beside the mapped file
  std::size_t arenas = 0;       ///< on the CPU; with a GPU this memory is pinned
  std::size_t gpu_weights = 0;  ///< on the GPU; shared with other sessions of the model
  std::size_t gpu_arenas = 0;
};

/// Elements in the memory of a session's GPU, for those who have no CUDA of their own. Copies share
/// the memory, which goes with the last of them.
struct GpuTensor {
  std::shared_ptr<void> memory;
  DType dtype = DType::float32;
  Dims dims;

  MutableTensorView view() { return {memory.get(), dtype, dims, Memory::gpu}; }
};

/// Runs a model on one device. All methods may be called from any thread at once: each run borrows
/// its own memory and stream, weights and plans are shared.
///
/// The first run with new input sizes makes a plan (tens of milliseconds at most); later runs with
/// the same sizes reuse it.
class KERAUNOS_API Session {
 public:
  /// Throws Error(device_unavailable) with every reason where options.device is `gpu` and there
  /// is none.
  explicit Session(Model model, SessionOptions options = {});
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  const Model& model() const;

  /// Runs the model on a batch and returns its outputs in the model's order and dtypes.
  ///
  /// Inputs come in the order of Model::inputs(). As in Keras, any numeric dtype is cast to the
  /// input's own, and a last axis of 1 may be missing or in excess. Throws Error: invalid_argument
  /// (number of inputs, dtype), shape_mismatch (naming axis or layer, what it wanted and got, the
  /// formula and sizes that would fit), out_of_memory, device_failure.
  std::vector<Tensor> run(std::span<const TensorView> inputs);

  /// The same into memory of the caller, whose dtypes and dims must be output_dims() exactly.
  /// The strings of an output are those of the inputs or of the model: they live as long as these.
  /// Once a plan exists Keraunos makes no heap allocation on the CPU (oneDNN makes a small one
  /// whenever one of its primitives is executed).
  ///
  /// Inputs and outputs may be in the memory of the session's GPU, each as it likes. What the
  /// caller has put on `cuda_stream` (a cudaStream_t, or null) is done before the inputs are read;
  /// when the call returns, the outputs are complete. Throws Error(invalid_argument) where a
  /// pointer is not memory of that GPU or not a multiple of 16.
  void run_into(std::span<const TensorView> inputs, std::span<const MutableTensorView> outputs,
                void* cuda_stream = nullptr);

  /// Lets the next run of a stateful model start from zeros, as the first one did. Such a model's
  /// runs hand on the states of their recurrent layers: they wait for each other, and their batches
  /// must be of one size.
  void reset_states();

  /// Sizes of the outputs for inputs of these sizes, without running anything.
  std::vector<Dims> output_dims(std::span<const Dims> inputs);

  /// The plan for inputs of these sizes, made (and cached) where it does not exist yet.
  PlanReport plan(std::span<const Dims> inputs);

  /// The device that this session runs on.
  DeviceInfo device() const;

  /// Why Device::automatic did not find a GPU; empty otherwise.
  const std::string& fallback_reason() const;

  CacheReport cache() const;
  MemoryReport memory() const;

  /// Gives back the arenas that no run is using.
  void trim();

  /// A copy of `tensor` in the memory of this session's GPU, and one of that in host memory. Throws
  /// Error(invalid_argument) where the session runs on the CPU, out_of_memory, device_failure.
  GpuTensor to_gpu(const Tensor& tensor);
  Tensor to_host(const GpuTensor& tensor);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace keraunos
