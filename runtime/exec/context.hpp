#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/backend/backend.hpp"
#include "runtime/plan/plan.hpp"

namespace keraunos {

/// Memory that grows and never shrinks.
class GrowingBuffer {
 public:
  enum class Kind { device, staging };
  GrowingBuffer(Backend& backend, Kind kind) : backend_(backend), kind_(kind) {}
  ~GrowingBuffer() { release(); }
  GrowingBuffer(const GrowingBuffer&) = delete;
  GrowingBuffer& operator=(const GrowingBuffer&) = delete;

  /// At least `bytes`; what was there before may be lost.
  std::byte* reserve(std::size_t bytes);

 private:
  void release() noexcept;

  Backend& backend_;
  Kind kind_;
  std::size_t bytes_ = 0;
  void* memory_ = nullptr;
};

/// What one run needs besides the plan: arenas, converted inputs, streams, room for argument
/// lists. Used by one run at a time; after a plan's second run it allocates nothing.
class Context {
 public:
  Context(Backend* gpu, const BuildOptions& options);

  /// Runs `plan` on inputs whose dims it was made for, into outputs of exactly its types.
  void run(const Plan& plan, std::span<const TensorView> inputs,
           std::span<const MutableTensorView> outputs);

 private:
  void convert_inputs(const Plan& plan, std::span<const TensorView> inputs);
  void run_steps(const Plan& plan);
  void run_step(const Step& step);
  void* resolve(const Location& location) const;

  Backend* gpu_;
  std::unique_ptr<Stream> cpu_stream_;
  std::unique_ptr<Stream> gpu_stream_;
  GrowingBuffer host_arena_;  // pinned where there is a GPU
  std::unique_ptr<GrowingBuffer> device_arena_;
  std::vector<std::unique_ptr<GrowingBuffer>> converted_;

  // Of the run in progress.
  std::byte* host_ = nullptr;
  std::byte* device_ = nullptr;
  std::vector<const void*> input_pointers_;
  std::vector<void*> output_pointers_;
  std::vector<const void*> arguments_;
  std::vector<void*> results_;
};

/// Contexts that are not in use. Safe to use from many threads.
class ContextPool {
 public:
  ContextPool(Backend* gpu, BuildOptions options) : gpu_(gpu), options_(options) {}

  /// Lends a context for the duration of `work(context)`.
  template <typename Work>
  void with_context(Work&& work) {
    auto context = take();
    try {
      work(*context);
    } catch (...) {
      give_back(std::move(context));
      throw;
    }
    give_back(std::move(context));
  }

 private:
  std::unique_ptr<Context> take();
  void give_back(std::unique_ptr<Context> context);

  Backend* gpu_;
  BuildOptions options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Context>> idle_;
};

}  // namespace keraunos
