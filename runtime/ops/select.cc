#include "runtime/ops/select.hpp"

#include "runtime/base/fail.hpp"
#include "runtime/ops/binary.hpp"

namespace keraunos {

std::vector<TensorType> Select::infer(std::span<const TensorType> inputs, Demands& demands) const {
  if (inputs[0].dtype != DType::boolean || inputs[1].dtype != inputs[2].dtype) {
    fail(ErrorCode::invalid_argument, "selecting by {} between {} and {}",
         to_string(inputs[0].dtype), to_string(inputs[1].dtype), to_string(inputs[2].dtype));
  }
  const Shape both = broadcast(inputs[1].shape, inputs[2].shape, demands);
  return {{inputs[1].dtype, broadcast(inputs[0].shape, both, demands)}};
}

std::string Select::describe() const { return ""; }

}  // namespace keraunos
