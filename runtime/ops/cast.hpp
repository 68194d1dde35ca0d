#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runtime/base/fail.hpp"
#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// Converts elements as numpy's `astype` does; not between strings and numbers.
struct Cast {
  static constexpr std::string_view name = "Cast";

  DType dtype = DType::float32;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands&) const {
    if ((inputs[0].dtype == DType::string) != (dtype == DType::string)) {
      fail(ErrorCode::unsupported, "{} where {} is wanted: between strings and numbers is no cast",
           to_string(inputs[0].dtype), to_string(dtype));
    }
    return {{dtype, inputs[0].shape}};
  }
  std::string describe() const { return "to " + std::string(to_string(dtype)); }
};

}  // namespace keraunos
