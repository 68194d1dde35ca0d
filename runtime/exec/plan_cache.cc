#include "runtime/exec/plan_cache.hpp"

#include <algorithm>

namespace keraunos {

namespace {

bool have_sizes(std::span<const TensorView> inputs, const std::vector<Dims>& sizes) {
  return std::equal(inputs.begin(), inputs.end(), sizes.begin(), sizes.end(),
                    [](const TensorView& input, const Dims& dims) {
                      return std::equal(input.dims.begin(), input.dims.end(), dims.begin(),
                                        dims.end());
                    });
}

}  // namespace

// The caller holds the mutex.
std::shared_ptr<const Plan> PlanCache::find(std::span<const TensorView> inputs,
                                            const std::function<bool(const Plan&)>& fits) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return have_sizes(inputs, entry.inputs) && fits(*entry.plan);
  });
  if (found == entries_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found);
  return entries_.front().plan;
}

std::shared_ptr<const Plan> PlanCache::find_or_make(
    std::span<const TensorView> inputs, const std::function<bool(const Plan&)>& fits,
    const std::function<std::shared_ptr<const Plan>()>& make) {
  {
    const std::lock_guard lock(mutex_);
    if (auto plan = find(inputs, fits)) {
      ++counts_.hits;
      return plan;
    }
  }
  auto plan = make();
  const std::lock_guard lock(mutex_);
  ++counts_.misses;
  if (auto other = find(inputs, fits)) return other;
  Entry entry{.inputs = {}, .plan = plan};
  for (const TensorView& input : inputs)
    entry.inputs.emplace_back(input.dims.begin(), input.dims.end());
  counts_.bytes += entry.bytes();
  entries_.push_front(std::move(entry));
  evict();
  return plan;
}

void PlanCache::evict() {
  while (entries_.size() > 1 && (entries_.size() > max_plans_ || counts_.bytes > max_bytes_)) {
    counts_.bytes -= entries_.back().bytes();
    entries_.pop_back();
    ++counts_.evictions;
  }
}

CacheReport PlanCache::report() const {
  const std::lock_guard lock(mutex_);
  CacheReport report = counts_;
  report.plans = entries_.size();
  return report;
}

}  // namespace keraunos
