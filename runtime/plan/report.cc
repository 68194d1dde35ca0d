#include "runtime/plan/plan.hpp"

#include <fmt/format.h>

namespace keraunos {
namespace {

std::string storage_name(const Location& location) {
  switch (location.space) {
    case Location::Space::nowhere: return "empty";
    case Location::Space::host: return "arena";
    case Location::Space::device: return "gpu arena";
    case Location::Space::input: return fmt::format("input {}", location.index);
    case Location::Space::output: return fmt::format("output {}", location.index);
    case Location::Space::constant: return "weights";
  }
  return "";
}

}  // namespace

PlanReport report(const Plan& plan) {
  PlanReport result;
  result.binding.assign(plan.binding.begin(), plan.binding.end());
  result.arena_bytes = plan.host_bytes;
  result.gpu_arena_bytes = plan.device_bytes;
  for (const Step& step : plan.steps) {
    PlanStep line = step.report;
    line.placement.storage = storage_name(step.outputs.front());
    line.placement.offset = step.outputs.front().offset;
    result.launches += line.launches;
    result.steps.push_back(std::move(line));
  }
  return result;
}

}  // namespace keraunos
