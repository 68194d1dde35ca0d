#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "keraunos/export.hpp"

namespace keraunos {

/// Where a session runs. There is no silent fallback: `gpu` throws an Error that lists every reason
/// why there is no GPU; `automatic` then runs on the CPU and says once, through the log, why.
enum class Device { cpu, gpu, automatic };

/// How a GPU computes what the model has in float32. The CPU always computes in float32.
///
/// The 16-bit precisions store what convolutions and matrix products read and make, and what stands
/// between them, in 16 bits, as Keras's mixed policies do; sums, statistics and softmax are float32
/// in all of them. Inputs, outputs and mathematics beyond activations stay float32.
enum class Precision {
  tf32,      ///< tensor cores with 10 bits of mantissa: Keras's own default on a GPU
  float32,   ///< strict: within 1e-5 of Keras on the CPU
  float16,   ///< 10 bits of mantissa; beyond 65504 activations become infinite
  bfloat16,  ///< 7 bits of mantissa, the range of float32; refused on GPUs older than Ampere
};

/// "tf32".
KERAUNOS_API std::string_view to_string(Precision precision);
/// The precision of that name; nothing for any other text.
KERAUNOS_API std::optional<Precision> precision_from(std::string_view name);

/// Which kernels run a model on the CPU.
enum class Kernels {
  fastest,
  reference,  ///< plain loops in double precision: slow, to check results with
};

/// How a session runs a model. Copy, change what you need, pass by value.
struct SessionOptions {
  Device device = Device::automatic;

  /// Which of the GPUs that CUDA shows (CUDA_VISIBLE_DEVICES), counted from 0.
  int gpu = 0;

  /// Plans for a GPU that need not be there, instead of one that is: a name of described_gpus(), or
  /// a file with cuDNN's JSON description of one. plan() and output_dims() work; a run throws
  /// Error(device_unavailable).
  std::string described_gpu;

  /// CPU threads for one run; 0 means all cores. Concurrent runs each use this many.
  int threads = 1;

  Precision precision = Precision::tf32;

  /// `reference` implies the CPU.
  Kernels kernels = Kernels::fastest;

  /// Bounds on the cache of plans, one plan per combination of input sizes. The least recently
  /// used plan goes first; the plan in use always stays.
  std::size_t max_plans = 32;
  std::size_t max_plan_bytes = std::size_t{1} << 30;  // activations and workspaces

  /// A run whose activations and outputs would need more than this is refused with the numbers.
  std::size_t max_activation_bytes = std::size_t{2} << 30;

  /// Bytes of GPU memory that this session may use for weights and activations; 0 means all there
  /// is. A run that needs more is refused with the numbers.
  std::size_t gpu_memory_limit = 0;

  /// An absolute path to libkeraunos_cuda.so; empty means: KERAUNOS_CUDA_LIBRARY from the
  /// environment, then beside libkeraunos. Never the working directory.
  std::string cuda_library;
};

}  // namespace keraunos
