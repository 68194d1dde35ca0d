#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "kernels/cuda/cudnn_graph.hpp"

namespace keraunos::cuda {

/// A plan that is being built in the background. Read by any thread.
class FuturePlan {
 public:
  /// The plan, or null while there is none yet; it stays null where cuDNN refused.
  const CudnnPlan* get() const { return ready_.load(std::memory_order_acquire); }

 private:
  friend class PoolPlans;
  void set(std::shared_ptr<const CudnnPlan> plan) {
    owner_ = std::move(plan);
    ready_.store(owner_.get(), std::memory_order_release);
  }

  std::shared_ptr<const CudnnPlan> owner_;
  std::atomic<const CudnnPlan*> ready_ = nullptr;
};

/// Builds pooling plans on a thread of its own, because cuDNN compiles a kernel for each new kind
/// of pooling. Kinds share kernels across sizes, so a new size takes some milliseconds.
/// Thread-safe.
class PoolPlans {
 public:
  /// `make_target` is called once, on the thread, before the first plan; what it returns is kept.
  explicit PoolPlans(std::function<PlanTarget()> make_target);
  ~PoolPlans() { stop(); }
  PoolPlans(const PoolPlans&) = delete;
  PoolPlans& operator=(const PoolPlans&) = delete;

  /// For the first GPU; stopped at exit.
  static PoolPlans& instance();

  std::shared_ptr<const FuturePlan> find_or_start(const PoolProblem& problem);

  /// Waits until every plan asked for so far is there or refused.
  void wait();

  /// Ends the thread after the plan it is at; those waiting are dropped.
  void stop();

 private:
  struct Job {
    PoolProblem problem;
    std::shared_ptr<FuturePlan> result;
  };

  void work();
  void build(const PlanTarget& target, const Job& job);

  std::function<PlanTarget()> make_target_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool busy_ = false;
  bool stop_ = false;
  std::map<PoolProblem, std::shared_ptr<FuturePlan>> plans_;
  std::map<PoolProblem, std::shared_ptr<PoolKernels>> kernels_;  // only the thread's; keys sizeless
  std::thread thread_;
};

}  // namespace keraunos::cuda
