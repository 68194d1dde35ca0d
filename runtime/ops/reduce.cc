#include "runtime/ops/reduce.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "runtime/base/fail.hpp"

namespace keraunos {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, reduce_fn_count> names = {"mean", "max", "min", "sum",
                                                                 "prod", "any", "all"};

// What is left of no cells: the function's neutral element, where it has one.
bool needs_cells(ReduceFn fn) {
  return fn == ReduceFn::mean || fn == ReduceFn::max || fn == ReduceFn::min;
}

}  // namespace

std::string_view to_string(ReduceFn fn) { return names.at(static_cast<std::size_t>(fn)); }

std::vector<TensorType> Reduce::infer(std::span<const TensorType> inputs, Demands& demands) const {
  const Shape& input = inputs[0].shape;
  Shape output;
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    const bool reduced = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (reduced && needs_cells(fn))
      demands.positive(input[axis], "a reduction wants at least one cell");
    if (!reduced) output.push_back(input[axis]);
    if (reduced && keepdims) output.push_back(Dim(1));
  }
  if (!axes.empty() && axes.back() >= input.size()) {
    fail(ErrorCode::shape_mismatch, "axis {} does not exist in {}", axes.back(),
         to_keras_string(input));
  }
  return {{inputs[0].dtype, std::move(output)}};
}

std::string Reduce::describe() const {
  return fmt::format("{} over ({}){}", to_string(fn), fmt::join(axes, ", "),
                     keepdims ? ", keepdims" : "");
}

}  // namespace keraunos
