#include "runtime/ops/scan.hpp"

#include <fmt/format.h>

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> Scan::infer(std::span<const TensorType> inputs, Demands&) const {
  if (axis >= inputs[0].shape.size()) {
    fail(ErrorCode::shape_mismatch, "axis {} does not exist in {}", axis,
         to_keras_string(inputs[0].shape));
  }
  return {inputs[0]};
}

std::string Scan::describe() const {
  return fmt::format("{} along {}", fn == ScanFn::sum ? "sum" : "product", axis);
}

}  // namespace keraunos
