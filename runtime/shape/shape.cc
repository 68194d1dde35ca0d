#include "runtime/shape/shape.hpp"

#include <fmt/ranges.h>

#include "runtime/base/fail.hpp"

namespace keraunos {
namespace {

template <typename Print>
std::string print(const Shape& shape, Print print_dim) {
  std::vector<std::string> sizes;
  for (const Dim& dim : shape) sizes.push_back(print_dim(dim));
  return sizes.size() == 1 ? fmt::format("({},)", sizes[0])
                           : fmt::format("({})", fmt::join(sizes, ", "));
}

}  // namespace

std::string to_string(const Shape& shape) {
  return print(shape, [](const Dim& dim) { return dim.to_string(); });
}

std::string to_keras_string(const Shape& shape) {
  return print(shape, [](const Dim& dim) { return dim.is_constant() ? dim.to_string() : "None"; });
}

Shape make_shape(const Dims& dims) { return Shape(dims.begin(), dims.end()); }

Dim element_count(const Shape& shape) {
  Dim count(1);
  for (const Dim& dim : shape) count = count * dim;
  return count;
}

Dims evaluate(const Shape& shape, const Binding& binding) {
  Dims dims;
  dims.reserve(shape.size());
  for (const Dim& dim : shape) dims.push_back(dim.evaluate(binding));
  return dims;
}

std::size_t normalize_axis(std::int64_t axis, std::size_t rank) {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    fail(ErrorCode::shape_mismatch, "axis {} does not exist in a tensor of rank {}", axis, rank);
  }
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

}  // namespace keraunos
