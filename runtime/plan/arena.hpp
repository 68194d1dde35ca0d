#pragma once

#include <cstddef>
#include <vector>

namespace keraunos {

/// Memory that a plan needs from its first to its last step (both inclusive).
struct ArenaBlock {
  std::size_t bytes = 0;
  std::size_t first_step = 0;
  std::size_t last_step = 0;
  std::size_t offset = 0;  // the result
};

/// Every block starts at a multiple of this.
inline constexpr std::size_t arena_alignment = 256;

/// Gives each block an offset so that blocks which live at the same step never overlap, and returns
/// the size of the arena. Best fit: each block goes into the smallest gap between the blocks alive
/// with it that holds it, or behind them; the largest first. Where that is more than lives at once,
/// the blocks at the end of the arena go first and it is done again, a few times. (To find the
/// smallest arena for certain is NP-hard.) That takes quadratic time: thousands of blocks are
/// placed once, in the order of their first steps.
std::size_t place_blocks(std::vector<ArenaBlock>& blocks);

/// The most bytes that live at one step: no arena is smaller.
std::size_t largest_live_set(const std::vector<ArenaBlock>& blocks);

}  // namespace keraunos
