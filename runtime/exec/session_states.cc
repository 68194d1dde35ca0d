#include "runtime/exec/session_states.hpp"

#include "runtime/base/fail.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

void SessionStates::make_or_check(const Plan& plan) {
  const auto wanted = std::span(plan.inputs).last(plan.state_count);
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    if (kept_[i].dims() == wanted[i].dims) continue;
    fail(ErrorCode::shape_mismatch,
         "the model is stateful: the states that the runs before have left are of shape {}, this "
         "batch wants {}; Session::reset_states() forgets them",
         to_string(kept_[i].dims()), to_string(wanted[i].dims));
  }
  if (!kept_.empty()) return;
  for (const TensorDesc& desc : wanted) {
    kept_.emplace_back(desc.dtype, desc.dims);
    next_.emplace_back(desc.dtype, desc.dims);
  }
}

void SessionStates::reset() {
  const std::lock_guard lock(mutex_);
  kept_.clear();
  next_.clear();
}

}  // namespace keraunos
