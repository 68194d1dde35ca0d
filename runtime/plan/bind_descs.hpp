#pragma once

#include <vector>

#include "runtime/plan/plan.hpp"

namespace keraunos {

/// The dtype and sizes of every value of a plan's graph; values that no node makes any more have no
/// sizes. Throws Error naming the layer: out_of_memory where
/// a value alone is more than the request allows.
std::vector<TensorDesc> bind_descs(const PlanRequest& request);

}  // namespace keraunos
