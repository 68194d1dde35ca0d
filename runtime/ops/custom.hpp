#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keraunos/tensor.hpp"
#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// A layer of the application's own: its inputs, then its weights.
struct Custom {
  static constexpr std::string_view name = "Custom";

  using Compute =
      std::function<void(std::span<const TensorView> inputs, std::span<const TensorView> weights,
                         std::span<const MutableTensorView> outputs)>;

  std::string class_name;
  std::size_t input_count = 0;  // the inputs behind these are weights
  std::vector<TensorType> outputs;
  std::shared_ptr<const Compute> compute;

  std::vector<TensorType> infer(std::span<const TensorType>, Demands&) const { return outputs; }
  std::string describe() const { return class_name; }
};

}  // namespace keraunos
