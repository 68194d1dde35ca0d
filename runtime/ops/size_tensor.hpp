#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "keraunos/tensor.hpp"
#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

/// A number made of sizes: numerator / denominator, which is 1 for a whole number.
struct Fraction {
  Dim numerator;
  Dim denominator = 1;

  bool is_whole() const { return denominator == Dim(1); }
  std::string to_string() const;
};

/// A small tensor of numbers that sizes of the batch decide, row by row: what tf.shape(x) gives and
/// what is made of it. It has no inputs. Everything that wants a size takes the formulas, so that
/// nothing runs unless the numbers are data themselves.
struct SizeTensor {
  static constexpr std::string_view name = "SizeTensor";

  std::vector<Fraction> cells;
  Dims dims;
  DType dtype = DType::int32;
  std::vector<Dim> not_negative;  // what was cut towards zero as if it were rounded down

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
  SizeTensor bind(const Binding& binding) const;
  /// The numbers, once they are bound.
  Tensor tensor() const;
};

}  // namespace keraunos
