#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "keraunos/npz.hpp"

namespace keraunos::cli {

/// What the cells of a tensor are like. Least, mean and largest are of the finite cells.
struct Statistics {
  std::int64_t cells = 0;
  std::int64_t finite = 0;
  std::int64_t zeros = 0;
  std::int64_t nans = 0;
  std::int64_t infinities = 0;
  double least = 0;
  double mean = 0;
  double largest = 0;
};

Statistics statistics_of(const Tensor& tensor);

/// A line for each tensor, and where NaN and infinities appear first. `in_order` names the tensors
/// in the order in which the model makes them.
std::string statistics_table(const NamedTensors& tensors, const std::vector<std::size_t>& in_order);

/// Where float16, which ends at 65504, first made something of what `wide`, the same results in
/// float32, has as finite numbers.
std::string overflow_line(const NamedTensors& narrow, const NamedTensors& wide,
                          const std::vector<std::size_t>& in_order);

}  // namespace keraunos::cli
