#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "keraunos/error.hpp"
#include "runtime/backend/backend.hpp"
#include "runtime/plan/plan.hpp"

namespace keraunos {

/// How much memory of one kind the contexts of a session hold, and may hold. Thread-safe.
class MemoryBudget {
 public:
  /// Called before memory is taken: throws Error(out_of_memory) where `limit` forbids it.
  /// `others` tells what else counts towards the limit; 0 is no limit.
  MemoryBudget(std::size_t limit, std::function<std::size_t()> others)
      : limit_(limit), others_(std::move(others)) {}

  void take(std::size_t bytes);
  void give_back(std::size_t bytes) noexcept { held_ -= bytes; }
  std::size_t held() const { return held_; }

 private:
  std::size_t limit_;
  std::function<std::size_t()> others_;
  std::atomic<std::size_t> held_ = 0;
};

/// Memory that grows and never shrinks.
class GrowingBuffer {
 public:
  enum class Kind { device, staging };
  GrowingBuffer(Backend& backend, Kind kind, MemoryBudget& budget)
      : backend_(backend), kind_(kind), budget_(budget) {}
  ~GrowingBuffer() { release(); }
  GrowingBuffer(const GrowingBuffer&) = delete;
  GrowingBuffer& operator=(const GrowingBuffer&) = delete;

  /// At least `bytes`; what was there before may be lost.
  std::byte* reserve(std::size_t bytes);

 private:
  void release() noexcept;

  Backend& backend_;
  Kind kind_;
  MemoryBudget& budget_;
  std::size_t bytes_ = 0;
  void* memory_ = nullptr;
};

/// What one run needs besides the plan: arenas, converted inputs, streams, room for argument
/// lists. Used by one run at a time; after a plan's second run it allocates nothing.
class Context {
 public:
  Context(Backend* gpu, const BuildOptions& options, MemoryBudget& host, MemoryBudget& device);

  /// Runs `plan` on inputs whose dims it was made for, into outputs of exactly its types.
  void run(const Plan& plan, std::span<const TensorView> inputs,
           std::span<const MutableTensorView> outputs, void* callers_stream = nullptr);

 private:
  void convert_inputs(const Plan& plan, std::span<const TensorView> inputs);
  void run_steps(const Plan& plan);
  void run_step(const Step& step);
  void upload(const Step& step, std::byte* target);
  void* resolve(const Location& location) const;

  Backend* gpu_;
  MemoryBudget& host_budget_;
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
  ContextPool(Backend* gpu, BuildOptions options, MemoryBudget& host, MemoryBudget& device)
      : gpu_(gpu), options_(options), host_(host), device_(device) {}

  /// Lends a context for the duration of `work(context)`. Where memory runs out, what idle contexts
  /// hold is given back and `work` called once more.
  template <typename Work>
  void with_context(Work&& work) {
    auto context = take();
    try {
      try {
        work(*context);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::out_of_memory || !trim()) throw;
        work(*context);
      }
    } catch (...) {
      give_back(std::move(context));
      throw;
    }
    give_back(std::move(context));
  }

  /// Drops the idle contexts; true where there was one.
  bool trim();

 private:
  std::unique_ptr<Context> take();
  void give_back(std::unique_ptr<Context> context);

  Backend* gpu_;
  BuildOptions options_;
  MemoryBudget& host_;
  MemoryBudget& device_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Context>> idle_;
};

}  // namespace keraunos
