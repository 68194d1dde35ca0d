#include "runtime/ops/binary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/base/fail.hpp"

namespace keraunos {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, binary_fn_count> names = {
    "add",          "multiply",    "subtract",   "divide",        "maximum",     "minimum",
    "floor_divide", "mod",         "power",      "arctan2",       "equal",       "not_equal",
    "less",         "less_equal",  "greater",    "greater_equal", "logical_and", "logical_or",
    "logical_xor",  "bitwise_and", "bitwise_or", "bitwise_xor",   "left_shift",  "right_shift"};

}  // namespace

std::string_view to_string(BinaryFn fn) { return names.at(static_cast<std::size_t>(fn)); }

Shape broadcast(const Shape& a, const Shape& b, Demands& demands) {
  const std::size_t rank = std::max(a.size(), b.size());
  Shape result(rank);
  for (std::size_t from_end = 1; from_end <= rank; ++from_end) {
    const Dim left = from_end <= a.size() ? a[a.size() - from_end] : Dim(1);
    const Dim right = from_end <= b.size() ? b[b.size() - from_end] : Dim(1);
    result[rank - from_end] = demands.broadcast(
        left, right,
        fmt::format("shapes {} and {} cannot be broadcast", to_string(a), to_string(b)));
  }
  return result;
}

std::vector<TensorType> Binary::infer(std::span<const TensorType> inputs, Demands& demands) const {
  if (inputs[0].dtype != inputs[1].dtype) {
    fail(ErrorCode::invalid_argument, "{} of {} and {}", to_string(fn), to_string(inputs[0].dtype),
         to_string(inputs[1].dtype));
  }
  return {{gives_bool(fn) ? DType::boolean : inputs[0].dtype,
           broadcast(inputs[0].shape, inputs[1].shape, demands)}};
}

}  // namespace keraunos
