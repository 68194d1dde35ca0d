#include "kernels/cuda/pool_plans.hpp"

#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "kernels/cuda/cuda_backend.hpp"

namespace keraunos::cuda {
namespace {

// A plan takes some 200 KiB; above this those that no kernel uses are dropped.
constexpr std::size_t most_plans = 1000;

/// The problem without what one compiled kernel serves in common.
PoolProblem kind_of(PoolProblem problem) {
  problem.batch = 0;
  problem.channels = 0;
  for (WindowAxis& axis : problem.axes) axis.input = 0;
  return problem;
}

PlanTarget make_gpu_target() {
  static auto* const handle = new OwnedCudnn(make_cudnn_handle(first_gpu));
  return PlanTarget(handle->get());
}

}  // namespace

PoolPlans::PoolPlans(std::function<PlanTarget()> make_target)
    : make_target_(std::move(make_target)), thread_(&PoolPlans::work, this) {}

void PoolPlans::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();  // a compilation under way cannot be interrupted
}

PoolPlans& PoolPlans::instance() {
  static auto* const plans = new PoolPlans(make_gpu_target);
  static const pid_t owner = getpid();
  // The thread must not be inside the driver when the driver's own exit handlers run. In a forked
  // child there is no such thread.
  [[maybe_unused]] static const int registered = std::atexit([] {
    if (getpid() == owner) plans->stop();
  });
  return *plans;
}

std::shared_ptr<const FuturePlan> PoolPlans::find_or_start(const PoolProblem& problem) {
  const std::lock_guard lock(mutex_);
  if (const auto found = plans_.find(problem); found != plans_.end()) return found->second;
  if (plans_.size() >= most_plans) {
    std::erase_if(plans_, [](const auto& entry) { return entry.second.use_count() == 1; });
  }
  auto plan = std::make_shared<FuturePlan>();
  plans_[problem] = plan;
  jobs_.push_back({problem, plan});
  changed_.notify_all();
  return plan;
}

void PoolPlans::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return jobs_.empty() && !busy_; });
}

void PoolPlans::work() {
  std::optional<PlanTarget> target;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
    if (stop_) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    busy_ = true;
    lock.unlock();
    try {
      if (!target) target = make_target_();
      build(*target, job);
    } catch (const std::exception&) {
      // The plan stays empty: the kernel goes on with the project's own pooling.
    }
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

void PoolPlans::build(const PlanTarget& target, const Job& job) {
  std::shared_ptr<PoolKernels>& kernels = kernels_[kind_of(job.problem)];
  if (!kernels) kernels = make_pool_kernels();
  job.result->set(build_pool_plan(target, job.problem, kernels));
}

}  // namespace keraunos::cuda
