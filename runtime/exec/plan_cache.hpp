#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "keraunos/session.hpp"
#include "runtime/plan/plan.hpp"

namespace keraunos {

/// Plans by the sizes of the inputs, bounded in number and in bytes; the least recently used goes
/// first. Safe to use from many threads; a plan in use outlives its place in the cache.
class PlanCache {
 public:
  PlanCache(std::size_t max_plans, std::size_t max_bytes)
      : max_plans_(max_plans), max_bytes_(max_bytes) {}

  /// The plan for inputs of these sizes that reads input i as `arriving(i)`, from `make` where
  /// there is none yet. Finding one does not allocate. Two threads that miss at once may both make
  /// a plan; one is kept.
  std::shared_ptr<const Plan> find_or_make(
      std::span<const TensorView> inputs, const std::function<bool(const Plan&)>& fits,
      const std::function<std::shared_ptr<const Plan>()>& make);

  CacheReport report() const;

 private:
  struct Entry {
    std::vector<Dims> inputs;
    std::shared_ptr<const Plan> plan;
    std::size_t bytes() const { return plan->host_bytes + plan->device_bytes; }
  };
  std::shared_ptr<const Plan> find(std::span<const TensorView> inputs,
                                   const std::function<bool(const Plan&)>& fits);
  void evict();

  std::size_t max_plans_;
  std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  CacheReport counts_;
};

}  // namespace keraunos
