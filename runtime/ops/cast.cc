#include "runtime/ops/cast.hpp"

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> Cast::infer(std::span<const TensorType> inputs, Demands&) const {
  if ((inputs[0].dtype == DType::string) != (dtype == DType::string)) {
    fail(ErrorCode::unsupported, "{} where {} is wanted: between strings and numbers is no cast",
         to_string(inputs[0].dtype), to_string(dtype));
  }
  return {{dtype, inputs[0].shape}};
}

}  // namespace keraunos
