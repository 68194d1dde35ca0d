#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/ops/affine.hpp"
#include "runtime/ops/binary.hpp"
#include "runtime/ops/cast.hpp"
#include "runtime/ops/unary.hpp"

namespace keraunos {

/// Several elementwise ops in one pass over memory: each cell of the data goes through the steps in
/// float32, and only what the last one gives is stored. Passes make it for GPUs; no layer does.
///
///   data      float32, float16, bfloat16, or uint8 (the bytes of an image); as large as the output
///   operands  what the steps read besides, in their order: floats of any width
struct Chain {
  static constexpr std::string_view name = "Chain";

  /// fn(value, operand), or fn(operand, value). The operand is broadcast to the data's shape.
  struct Combine {
    BinaryFn fn = BinaryFn::add;  // is_arithmetic
    bool operand_first = false;
    friend bool operator==(const Combine&, const Combine&) = default;
  };
  /// Affine reads a scale and a shift. Cast rounds to a 16-bit float and goes on in float32.
  using Step = std::variant<Unary, Combine, Affine, Cast>;

  /// Kernels keep the steps, and how the operands lie under the data, in arrays of these sizes.
  static constexpr std::size_t max_steps = 8;
  static constexpr std::size_t max_rank = 8;

  std::vector<Step> steps;
  DType dtype = DType::float32;  // of the output

  /// How many inputs a step reads besides the running value.
  static std::size_t operand_count(const Step& step);
  /// True for what the data, or an operand, may be stored in.
  static bool reads_data(DType dtype);
  static bool reads_operand(DType dtype);

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
