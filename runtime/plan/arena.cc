#include "runtime/plan/arena.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

#include "runtime/base/checked.hpp"

namespace keraunos {
namespace {

bool overlap(const ArenaBlock& a, const ArenaBlock& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

std::size_t end_of(const ArenaBlock& block) {
  return round_up(block.offset + block.bytes, arena_alignment);
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
    end = std::max(end, end_of(*block));
  }
  return smallest_gap == std::numeric_limits<std::size_t>::max() ? end : best;
}

using Order = std::vector<std::size_t>;

struct Placement {
  std::vector<ArenaBlock> blocks;
  std::size_t arena = 0;
};

/// Places the blocks in this order.
Placement place(std::vector<ArenaBlock> blocks, const Order& order) {
  std::size_t arena = 0;
  std::vector<const ArenaBlock*> placed;
  for (const std::size_t index : order) {
    ArenaBlock& block = blocks[index];
    if (block.bytes == 0) continue;
    std::vector<const ArenaBlock*> neighbours;
    std::copy_if(placed.begin(), placed.end(), std::back_inserter(neighbours),
                 [&](const ArenaBlock* other) { return overlap(*other, block); });
    block.offset = best_offset(neighbours, block.bytes);
    arena = std::max(arena, end_of(block));
    const auto position =
        std::upper_bound(placed.begin(), placed.end(), &block,
                         [](const auto* a, const auto* b) { return a->offset < b->offset; });
    placed.insert(position, &block);
  }
  return {std::move(blocks), arena};
}

template <typename Before>
Order sorted(const std::vector<ArenaBlock>& blocks, const Before& before) {
  Order order(blocks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return before(blocks[a], blocks[b]); });
  return order;
}

bool is_larger(const ArenaBlock& a, const ArenaBlock& b) { return a.bytes > b.bytes; }

bool lives_longer(const ArenaBlock& a, const ArenaBlock& b) {
  return a.last_step - a.first_step > b.last_step - b.first_step;
}

}  // namespace

std::size_t largest_live_set(const std::vector<ArenaBlock>& blocks) {
  std::map<std::size_t, std::size_t> live;  // nowhere but where a block begins can there be more
  for (const ArenaBlock& block : blocks) live[block.first_step] = 0;
  std::size_t most = 0;
  for (const ArenaBlock& block : blocks) {
    for (auto it = live.find(block.first_step); it != live.end() && it->first <= block.last_step;
         ++it) {
      it->second += round_up(block.bytes, arena_alignment);
      most = std::max(most, it->second);
    }
  }
  return most;
}

std::size_t place_blocks(std::vector<ArenaBlock>& blocks) {
  constexpr int most_repairs = 8;
  const std::size_t bound = largest_live_set(blocks);
  Placement best = {{}, std::numeric_limits<std::size_t>::max()};
  for (Order order : {sorted(blocks, is_larger), sorted(blocks, lives_longer)}) {
    for (int repairs = 0; repairs <= most_repairs && best.arena > bound; ++repairs) {
      Placement attempt = place(blocks, order);
      // Those that came too late to find room choose first at the next attempt.
      std::stable_partition(order.begin(), order.end(), [&](std::size_t index) {
        return end_of(attempt.blocks[index]) == attempt.arena;
      });
      if (attempt.arena < best.arena) best = std::move(attempt);
    }
  }
  blocks = std::move(best.blocks);
  return best.arena;
}

}  // namespace keraunos
