#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "keraunos/tensor.hpp"

namespace keraunos {

/// Where a tensor of a plan lives.
struct Placement {
  std::string storage;     ///< "input 0", "output 0", "arena", "gpu arena", "weights"
  std::size_t offset = 0;  ///< bytes from the start of that storage
  std::size_t bytes = 0;
  std::int64_t pitch = 0;  ///< where it is a part of a concatenation: cells from one row of it to
                           ///< the next
};

/// One line of a plan.
struct PlanStep {
  std::string layer;         ///< the Keras layer it came from: "conv"
  std::string op;            ///< "Conv", "View", "Copy"
  std::string attributes;    ///< "3 valid x 3 valid, relu"
  std::string kernel;        ///< "onednn conv"; "view" where nothing runs
  std::string engine;        ///< cuDNN's name for what it runs: "eng47_k2=5"; empty elsewhere
  std::string device;        ///< "cpu", "gpu:0"; empty for a view
  std::size_t launches = 0;  ///< kernels started on a GPU
  Dims dims;                 ///< of the result
  Placement placement;       ///< of the result
  std::vector<std::pair<std::string, std::string>> refusals;  ///< faster kernels, and why not they
};

/// How a session runs one combination of input sizes.
struct PlanReport {
  std::vector<std::pair<std::string, std::int64_t>> binding;  ///< {"batch", 1}, {"height", 28}
  std::vector<PlanStep> steps;
  std::size_t arena_bytes = 0;      ///< activations and workspace in host memory
  std::size_t gpu_arena_bytes = 0;  ///< the same in device memory
  std::size_t launches = 0;         ///< kernels that a run starts on a GPU
};

}  // namespace keraunos
