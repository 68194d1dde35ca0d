#pragma once

#include <string>
#include <vector>

#include "keraunos/tensor.hpp"
#include "runtime/shape/dim.hpp"

namespace keraunos {

/// The symbolic sizes of a tensor, outermost axis first.
using Shape = std::vector<Dim>;

/// What is known about a tensor before a batch arrives.
struct TensorType {
  DType dtype = DType::float32;
  Shape shape;
};

/// "(batch, (height-2)//2, 13, 32)".
std::string to_string(const Shape& shape);

/// As Keras prints it, with None for what is not a number: "(None, None, 13, 32)".
std::string to_keras_string(const Shape& shape);

Shape make_shape(const Dims& dims);

/// The product of all sizes; 1 for a scalar.
Dim element_count(const Shape& shape);

Dims evaluate(const Shape& shape, const Binding& binding);

/// `axis` counted from the end where negative, as Python does; throws Error outside [-rank, rank).
std::size_t normalize_axis(std::int64_t axis, std::size_t rank);

}  // namespace keraunos
