#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/shape.hpp"

namespace keraunos {

enum class ReduceFn {
  mean,
  max,  ///< NaN wins
  min,  ///< NaN wins
  sum,
  prod,
  any,  ///< of bools
  all,
};

inline constexpr std::size_t reduce_fn_count = static_cast<std::size_t>(ReduceFn::all) + 1;

std::string_view to_string(ReduceFn fn);

/// Reduces `axes` (ascending, each once) to one cell: float32, or int32 and int64 except for mean,
/// or bool for any and all.
struct Reduce {
  static constexpr std::string_view name = "Reduce";

  ReduceFn fn = ReduceFn::mean;
  std::vector<std::size_t> axes;
  bool keepdims = false;

  std::vector<TensorType> infer(std::span<const TensorType> inputs, Demands& demands) const;
  std::string describe() const;
};

}  // namespace keraunos
