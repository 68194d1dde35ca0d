#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "runtime/backend/kernel.hpp"

namespace keraunos::cpu {

/// The ordered list for one op: oneDNN and own vector kernels first, the reference last.
std::span<const KernelEntry> kernels_for(std::size_t op_index);

/// "oneDNN 2.6.3" or "own kernels".
std::string libraries();

}  // namespace keraunos::cpu
