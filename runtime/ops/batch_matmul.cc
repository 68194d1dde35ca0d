#include "runtime/ops/batch_matmul.hpp"

#include <fmt/format.h>

#include <utility>

#include "runtime/base/fail.hpp"
#include "runtime/ops/binary.hpp"

namespace keraunos {

std::vector<TensorType> BatchMatMul::infer(std::span<const TensorType> inputs,
                                           Demands& demands) const {
  Shape a = inputs[0].shape;
  Shape b = inputs[1].shape;
  if (a.size() < 2 || b.size() < 2 || inputs[0].dtype != inputs[1].dtype) {
    fail(ErrorCode::shape_mismatch,
         "a matrix product wants two tensors of rank 2 or more, got {} "
         "{} and {} {}",
         to_string(inputs[0].dtype), to_keras_string(a), to_string(inputs[1].dtype),
         to_keras_string(b));
  }
  if (transpose_a) std::swap(a[a.size() - 2], a.back());
  if (transpose_b) std::swap(b[b.size() - 2], b.back());
  demands.equal(a.back(), b[b.size() - 2], "the columns of a must match the rows of b");
  const Dim rows = a[a.size() - 2];
  const Dim columns = b.back();
  a.resize(a.size() - 2);
  b.resize(b.size() - 2);
  Shape output = broadcast(a, b, demands);
  output.push_back(rows);
  output.push_back(columns);
  return {{inputs[0].dtype, std::move(output)}};
}

std::string BatchMatMul::describe() const {
  return fmt::format("{}a @ {}b", transpose_a ? "transposed " : "",
                     transpose_b ? "transposed " : "");
}

}  // namespace keraunos
