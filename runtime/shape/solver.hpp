#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/shape/demands.hpp"

namespace keraunos {

/// Solves shapes backwards: sizes for the symbols in `free` (all others stay as in `wanted`) at
/// which every demand holds, nearest to `wanted` first, at most `count`. Demands that only grow
/// with a symbol are solved, up to sizes of 2^24; of the sizes that they leave, those are tried
/// that are at most 4096 from the wanted one, or from the nearest that is left (1024 where two
/// symbols are free). Where a demand joins two symbols and none says what their formula must be,
/// only the 65536 nearest pairs are tried. With more than two free symbols the last ones stay as
/// they are.
std::vector<Binding> solve_backwards(const std::vector<Demand>& demands, const Binding& wanted,
                                     std::vector<std::string> free, std::size_t count);

}  // namespace keraunos
