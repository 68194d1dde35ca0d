#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/shape/demands.hpp"

namespace keraunos {

/// Solves shapes backwards: sizes for the symbols in `free` (all others stay as in `wanted`) at
/// which every demand holds, nearest to `wanted` first, at most `count`. Sizes from 1 to 4096 are
/// considered (from 1 to 1024 where two symbols are free). Where a demand joins two symbols and no
/// formula leads to their sizes, only the 65536 nearest pairs are tried. With more than two free
/// symbols the last ones stay as they are.
std::vector<Binding> solve_backwards(const std::vector<Demand>& demands, const Binding& wanted,
                                     std::vector<std::string> free, std::size_t count);

}  // namespace keraunos
