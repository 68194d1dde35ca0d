#include "runtime/ops/lookup.hpp"

#include <fmt/format.h>

#include "runtime/base/fail.hpp"

namespace keraunos {

std::vector<TensorType> Lookup::infer(std::span<const TensorType> inputs, Demands&) const {
  const DType wanted = vocabulary->of_strings() ? DType::string : DType::int64;
  if (inputs[0].dtype != wanted) {
    fail(ErrorCode::invalid_argument, "tokens are {}, {} wanted", to_string(inputs[0].dtype),
         to_string(wanted));
  }
  return {{DType::int64, inputs[0].shape}};
}

std::string Lookup::describe() const {
  return fmt::format("of {} tokens", vocabulary ? vocabulary->size() : 0);
}

std::vector<TensorType> Hash::infer(std::span<const TensorType> inputs, Demands& demands) const {
  Shape shape = inputs[0].shape;
  for (const TensorType& input : inputs) {
    if (input.dtype != DType::string && input.dtype != DType::int64) {
      fail(ErrorCode::invalid_argument, "hashes strings and int64, not {}", to_string(input.dtype));
    }
    if (input.shape.size() != shape.size()) {
      fail(ErrorCode::shape_mismatch, "the inputs have shapes {} and {}", to_keras_string(shape),
           to_keras_string(input.shape));
    }
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      shape[axis] = demands.equal(shape[axis], input.shape[axis],
                                  "inputs that are hashed together must have one shape");
    }
  }
  return {{DType::int64, std::move(shape)}};
}

std::string Hash::describe() const {
  return fmt::format("to {} buckets{}", buckets, key ? ", keyed" : "");
}

}  // namespace keraunos
