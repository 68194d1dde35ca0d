#include "runtime/ops/adaptive_pool.hpp"

#include <fmt/ranges.h>

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> AdaptivePool::infer(std::span<const TensorType> inputs,
                                            Demands& demands) const {
  Shape output = inputs[0].shape;
  if (output.size() != sizes.size() + 2) {
    fail(ErrorCode::shape_mismatch, "pooling to {} sizes wants rank {}, got {}", sizes.size(),
         sizes.size() + 2, to_keras_string(output));
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    demands.positive(output[i + 1], "pooling wants at least one cell");
    output[i + 1] = Dim(sizes[i]);
  }
  return {{inputs[0].dtype, std::move(output)}};
}

std::string AdaptivePool::describe() const {
  return fmt::format("{} to {}", fn == PoolFn::max ? "max" : "average", fmt::join(sizes, "x"));
}

}  // namespace keraunos
