#pragma once

#include <cstdint>
#include <vector>

#include "runtime/keras/config.hpp"

namespace keraunos::keras {

/// The numbers under key 'axis', a list or one number, as they are written; {-1} where it is
/// missing. Negative ones count from the end.
std::vector<std::int64_t> written_axes(const Config& config);

/// The axes of a tensor of `rank` that `axes` name, ascending. Throws Error where one does not
/// exist or is named twice.
std::vector<std::size_t> distinct_axes(const std::vector<std::int64_t>& axes, std::size_t rank);

}  // namespace keraunos::keras
