#include "runtime/ops/size_tensor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace keraunos {

std::string Fraction::to_string() const {
  if (is_whole()) return numerator.to_string();
  return fmt::format("({})/({})", numerator.to_string(), denominator.to_string());
}

std::vector<TensorType> SizeTensor::infer(std::span<const TensorType>, Demands& demands) const {
  for (const Dim& number : not_negative) {
    demands.positive(number + Dim(1), "what is cut to a whole number must not be negative");
  }
  return {{dtype, make_shape(dims)}};
}

std::string SizeTensor::describe() const {
  constexpr std::size_t shown = 8;
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < std::min(cells.size(), shown); ++i) {
    numbers.push_back(cells[i].to_string());
  }
  return fmt::format("{}{}", fmt::join(numbers, ", "), cells.size() > shown ? ", ..." : "");
}

SizeTensor SizeTensor::bind(const Binding& binding) const {
  SizeTensor bound = *this;
  for (Fraction& cell : bound.cells) {
    cell = {cell.numerator.evaluate(binding), cell.denominator.evaluate(binding)};
  }
  return bound;
}

Tensor SizeTensor::tensor() const {
  const bool whole = std::ranges::all_of(cells, &Fraction::is_whole);
  Tensor wide(whole ? DType::int64 : DType::float64, dims);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::int64_t numerator = cells[i].numerator.constant().value_or(0);
    if (whole) {
      wide.as<std::int64_t>()[i] = numerator;
    } else {
      const auto denominator = static_cast<double>(cells[i].denominator.constant().value_or(1));
      wide.as<double>()[i] = static_cast<double>(numerator) / denominator;
    }
  }
  return wide.cast(dtype);
}

}  // namespace keraunos
