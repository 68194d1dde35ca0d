#pragma once

#include <array>
#include <cstddef>
#include <type_traits>
#include <variant>
#include <vector>

#include "runtime/backend/kernel.hpp"

namespace keraunos {

/// The ordered lists of a device, one per op.
using KernelTable = std::array<std::vector<KernelEntry>, op_count>;

template <typename SomeOp, std::size_t I = 0>
constexpr std::size_t op_index() {
  if constexpr (std::is_same_v<SomeOp, std::variant_alternative_t<I, Op>>) {
    return I;
  } else {
    return op_index<SomeOp, I + 1>();
  }
}

template <typename SomeOp>
std::vector<KernelEntry>& list_for(KernelTable& table) {
  return table[op_index<SomeOp>()];
}

}  // namespace keraunos
