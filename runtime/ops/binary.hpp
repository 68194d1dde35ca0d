#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

enum class BinaryFn {
  add,
  multiply,
  subtract,
  divide,   ///< floats only
  maximum,  ///< NaN wins, as in numpy
  minimum,
  // Without vector code so far.
  floor_divide,  ///< rounds towards minus infinity
  mod,           ///< takes the divisor's sign, as Python's %
  power,
  arctan2,
  // These give bool.
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  logical_and,  ///< of bools
  logical_or,
  logical_xor,
  // Of integers only.
  bitwise_and,
  bitwise_or,
  bitwise_xor,
  left_shift,   ///< bits that leave are lost; a count beyond 0 ... bits - 1 is the nearest of them
  right_shift,  ///< of a negative number, ones follow
};

inline constexpr std::size_t binary_fn_count = static_cast<std::size_t>(BinaryFn::right_shift) + 1;

/// True for functions with vector code on the CPU.
constexpr bool is_arithmetic(BinaryFn fn) { return fn <= BinaryFn::minimum; }
constexpr bool is_bitwise(BinaryFn fn) { return fn >= BinaryFn::bitwise_and; }
constexpr bool gives_bool(BinaryFn fn) { return fn >= BinaryFn::equal && !is_bitwise(fn); }

std::string_view to_string(BinaryFn fn);

/// fn(a, b), elementwise with numpy's broadcasting: shapes are aligned at their last axes, and a
/// size of 1 (or a missing axis) repeats. Both inputs have one dtype: float32, int32, int64 or
/// bool.
struct Binary {
  static constexpr std::string_view name = "Binary";

  BinaryFn fn = BinaryFn::add;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const { return std::string(to_string(fn)); }
};

/// numpy's broadcast of two shapes.
Shape broadcast(const Shape& a, const Shape& b, Demands& demands);

}  // namespace keraunos
