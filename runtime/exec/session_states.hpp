#pragma once

#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "runtime/plan/plan.hpp"

namespace keraunos {

/// What the runs of a session hand on, one to the next. Runs wait for each other.
class SessionStates {
 public:
  /// Calls work(inputs, outputs) with the states behind those given. Where it throws, the states
  /// stay as they were. Throws Error where they are of another size than `plan` wants.
  template <typename Work>
  void add(const Plan& plan, std::span<const TensorView> inputs,
           std::span<const MutableTensorView> outputs, Work&& work) {
    const std::lock_guard lock(mutex_);
    make_or_check(plan);
    inputs_.assign(inputs.begin(), inputs.end());
    outputs_.assign(outputs.begin(), outputs.end());
    for (const Tensor& state : kept_) inputs_.push_back(state.view());
    for (Tensor& state : next_) outputs_.push_back(state.view());
    work(std::span<const TensorView>(inputs_), std::span<const MutableTensorView>(outputs_));
    std::swap(kept_, next_);
  }

  /// The next run starts from zeros, at any size.
  void reset();

 private:
  void make_or_check(const Plan& plan);

  std::mutex mutex_;
  std::vector<Tensor> kept_;
  std::vector<Tensor> next_;
  std::vector<TensorView> inputs_;  // of the run in progress
  std::vector<MutableTensorView> outputs_;
};

}  // namespace keraunos
