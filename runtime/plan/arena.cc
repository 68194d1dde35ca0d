#include "runtime/plan/arena.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "runtime/base/checked.hpp"

namespace keraunos {
namespace {

bool overlap(const ArenaBlock& a, const ArenaBlock& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

// `neighbours` are the placed blocks that live at the same time, by offset.
std::size_t best_offset(const std::vector<const ArenaBlock*>& neighbours, std::size_t bytes) {
  std::size_t best = std::numeric_limits<std::size_t>::max();
  std::size_t smallest_gap = std::numeric_limits<std::size_t>::max();
  std::size_t end = 0;
  for (const ArenaBlock* block : neighbours) {
    const std::size_t gap = block->offset > end ? block->offset - end : 0;
    if (gap >= bytes && gap < smallest_gap) {
      smallest_gap = gap;
      best = end;
    }
    end = std::max(end, round_up(block->offset + block->bytes, arena_alignment));
  }
  return smallest_gap == std::numeric_limits<std::size_t>::max() ? end : best;
}

}  // namespace

std::size_t place_blocks(std::vector<ArenaBlock>& blocks) {
  std::vector<std::size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return blocks[a].bytes > blocks[b].bytes; });

  std::size_t arena = 0;
  std::vector<const ArenaBlock*> placed;
  for (const std::size_t index : order) {
    ArenaBlock& block = blocks[index];
    if (block.bytes == 0) continue;
    std::vector<const ArenaBlock*> neighbours;
    std::copy_if(placed.begin(), placed.end(), std::back_inserter(neighbours),
                 [&](const ArenaBlock* other) { return overlap(*other, block); });
    block.offset = best_offset(neighbours, block.bytes);
    arena = std::max(arena, round_up(block.offset + block.bytes, arena_alignment));
    const auto position =
        std::upper_bound(placed.begin(), placed.end(), &block,
                         [](const auto* a, const auto* b) { return a->offset < b->offset; });
    placed.insert(position, &block);
  }
  return arena;
}

}  // namespace keraunos
