#include "runtime/ops/softmax.hpp"

#include <fmt/ranges.h>

#include <array>

#include "runtime/base/fail.hpp"

namespace keraunos {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 3> names = {"softmax", "log_softmax", "sparsemax"};

}  // namespace

std::string_view to_string(SoftmaxFn fn) { return names.at(static_cast<std::size_t>(fn)); }

std::vector<TensorType> Softmax::infer(std::span<const TensorType> inputs, Demands&) const {
  if (!axes.empty() && axes.back() >= inputs[0].shape.size()) {
    fail(ErrorCode::shape_mismatch, "axis {} does not exist in {}", axes.back(),
         to_keras_string(inputs[0].shape));
  }
  return {inputs[0]};
}

std::string Softmax::describe() const {
  return fmt::format("{} over ({})", to_string(fn), fmt::join(axes, ", "));
}

}  // namespace keraunos
