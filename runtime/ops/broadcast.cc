#include "runtime/ops/broadcast.hpp"

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> Broadcast::infer(std::span<const TensorType> inputs,
                                         Demands& demands) const {
  const Shape& input = inputs[0].shape;
  if (input.size() > shape.size()) {
    fail(ErrorCode::shape_mismatch, "{} cannot be broadcast to {}", to_keras_string(input),
         to_keras_string(shape));
  }
  const std::size_t missing = shape.size() - input.size();
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    const Dim& size = input[axis];
    const Dim& wanted = shape[missing + axis];
    constexpr const char* what = "an axis that is not 1 cannot be repeated";
    if (size == Dim(1) || size == wanted) continue;
    if (size.is_constant()) {
      demands.equal(size, wanted, what);
      continue;
    }
    // One of them is 1, or they are equal; and it is not the wanted size that is smaller.
    demands.broadcast(size, wanted, what);
    demands.positive(wanted - size + Dim(1), what);
  }
  return {{inputs[0].dtype, shape}};
}

std::string Broadcast::describe() const { return to_string(shape); }

}  // namespace keraunos
