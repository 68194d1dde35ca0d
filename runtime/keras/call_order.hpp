#pragma once

#include <cstddef>
#include <vector>

#include "runtime/keras/model_config.hpp"

namespace keraunos::keras {

/// Call number `node` of the layer at `layer` in ModelConfig::layers.
struct CallIndex {
  std::size_t layer = 0;
  std::size_t node = 0;

  friend auto operator<=>(const CallIndex&, const CallIndex&) = default;
};

/// The calls of a Functional model in an order in which each finds its tensors made. The order in
/// the file will not do: the second call of a shared layer may depend on layers that come later.
/// Throws Error where a call takes a tensor that nothing makes, and where calls wait for each
/// other.
std::vector<CallIndex> order_calls(const ModelConfig& model);

}  // namespace keraunos::keras
