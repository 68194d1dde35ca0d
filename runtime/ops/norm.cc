#include "runtime/ops/norm.hpp"

#include <fmt/ranges.h>

#include <array>

#include "runtime/base/fail.hpp"

namespace keraunos {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> names = {"standard", "rms", "deviation", "l2"};

}  // namespace

std::vector<TensorType> Norm::infer(std::span<const TensorType> inputs, Demands&) const {
  if (!axes.empty() && axes.back() >= inputs[0].shape.size()) {
    fail(ErrorCode::shape_mismatch, "axis {} does not exist in {}", axes.back(),
         to_keras_string(inputs[0].shape));
  }
  return {inputs[0]};
}

std::string Norm::describe() const {
  return fmt::format("{} over ({}), epsilon {}", names.at(static_cast<std::size_t>(fn)),
                     fmt::join(axes, ", "), epsilon);
}

}  // namespace keraunos
