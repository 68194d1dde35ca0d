#include "runtime/ops/pool.hpp"

#include <fmt/format.h>

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> Pool::infer(std::span<const TensorType> inputs, Demands& demands) const {
  const Shape& input = inputs[0].shape;
  if (input.size() != windows.size() + 2) {
    fail(ErrorCode::shape_mismatch, "{}-D pooling wants an input of rank {}, got {}",
         windows.size(), windows.size() + 2, to_keras_string(input));
  }
  Shape output = slide_windows(windows, input, demands);
  output.push_back(input.back());
  return {{inputs[0].dtype, std::move(output)}};
}

std::string Pool::describe() const {
  return fmt::format("{} {}", fn == PoolFn::max ? "max" : "average", to_string(windows));
}

}  // namespace keraunos
