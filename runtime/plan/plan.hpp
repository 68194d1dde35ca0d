#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "keraunos/plan.hpp"
#include "runtime/backend/backend.hpp"
#include "runtime/graph/graph.hpp"
#include "runtime/plan/device_weights.hpp"

namespace keraunos {

/// Where bytes are: `offset` bytes into what `space` names.
struct Location {
  enum class Space {
    nowhere,   ///< nothing to point at: an empty tensor, no workspace
    host,      ///< the arena in host memory
    device,    ///< the arena in the memory of a GPU
    input,     ///< the caller's (or the converted) input number `index`
    output,    ///< the caller's output number `index`
    constant,  ///< a weight, at `pointer`
  };
  Space space = Space::nowhere;
  std::size_t index = 0;
  std::size_t offset = 0;
  const void* pointer = nullptr;
};

/// One thing to do.
struct Step {
  enum class Kind {
    kernel,
    view,            ///< nothing to do: the result is the input's bytes
    upload,          ///< from the caller's memory to the GPU, by way of the workspace
    copy_to_device,  ///< between the two arenas; bytes and one location each
    copy_to_host,
    copy,  ///< in host memory, from or to the caller's
    copy_on_device,
  };
  Kind kind = Kind::kernel;
  bool on_device = false;    // kernel: in the order of the GPU's stream
  bool wait_before = false;  // the host reads what the GPU is still making
  std::unique_ptr<const Kernel> kernel;
  std::vector<Location> inputs;
  std::vector<Location> outputs;
  Location workspace;
  std::size_t bytes = 0;
  PlanStep report;
};

/// A model at concrete sizes: a flat list of steps on known memory. Immutable; many threads may run
/// it at once, each with arenas of its own.
struct Plan {
  Binding binding;
  std::vector<TensorDesc> inputs;    // what the steps read, in the model's own dtypes
  std::vector<TensorDesc> outputs;   // what the steps write
  std::vector<Memory> input_memory;  // where the caller's are
  std::vector<Memory> output_memory;
  std::size_t state_count = 0;  // of the last inputs and outputs: what runs hand on
  std::vector<Step> steps;
  std::size_t host_bytes = 0;  // arena sizes
  std::size_t device_bytes = 0;
  std::size_t max_arguments = 0;  // of any step, inputs and outputs: how long lists get

  /// The outputs that the model gives out.
  std::span<const TensorDesc> given_outputs() const {
    return std::span(outputs).first(outputs.size() - state_count);
  }
};

/// An upload goes through pinned memory in parts of this size, of which there are two: one is
/// filled while the other travels.
inline constexpr std::size_t upload_part_bytes = std::size_t{4} << 20;

/// What a plan is made for.
struct PlanRequest {
  const Graph& graph;
  const Binding& binding;
  Backend& cpu;
  Backend* gpu = nullptr;  // null: everything on the CPU
  DeviceWeights& cpu_weights;
  DeviceWeights* gpu_weights = nullptr;
  BuildOptions options;
  std::size_t max_activation_bytes = 0;
  std::vector<Memory> input_memory = {};  // of the caller's; the host's where there are fewer
  std::vector<Memory> output_memory = {};
};

/// Picks a kernel for every node (on the GPU first, where there is one), adds the copies between
/// devices, and places everything in memory. Throws Error: out_of_memory beyond the limit.
Plan make_plan(const PlanRequest& request);

PlanReport report(const Plan& plan);

}  // namespace keraunos
