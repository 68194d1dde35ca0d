#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/shape/demands.hpp"

// What demands say of a size without trying it: where a formula only grows with a symbol, the sizes
// at which it reaches a number are found by bisection, however large they are.

namespace keraunos {

/// Larger sizes of an axis are not considered.
inline constexpr std::int64_t largest_size = std::int64_t{1} << 24;

/// The sizes from `first` to `last`; none where `last` is smaller.
struct SizeRange {
  std::int64_t first = 1;
  std::int64_t last = largest_size;

  bool empty() const { return last < first; }
  /// The size in the range that is nearest to `size`; the range must not be empty.
  std::int64_t nearest(std::int64_t size) const;
  /// The part that is at most `reach` away from `size`, or from the size nearest to it.
  SizeRange around(std::int64_t size, std::int64_t reach) const;
};

/// True for a demand whose left side only grows with its symbols and whose right side is a number:
/// at least 1, or equal to it.
bool only_grows(const Demand& demand);

/// The sizes of `symbol` at which every demand that only grows with it holds, all other symbols
/// being bound. Demands of other kinds may still refuse them.
SizeRange possible_sizes(const std::vector<Demand>& demands, Binding binding,
                         const std::string& symbol);

/// The smallest size of each symbol at which the demands that only grow can be met, were all other
/// symbols as large as can be: nothing smaller fits. Other symbols stay as in `binding`.
Binding smallest_sizes(const std::vector<Demand>& demands, Binding binding,
                       const std::vector<std::string>& symbols);

}  // namespace keraunos
