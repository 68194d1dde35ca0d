#include "runtime/plan/arena.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <queue>
#include <set>
#include <utility>

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

// The free ranges of an arena that grows at its end.
class FreeRanges {
 public:
  // The smallest range that holds `bytes`, or room at the end.
  std::size_t take(std::size_t bytes) {
    auto range = by_size_.lower_bound({bytes, 0});
    if (range == by_size_.end()) {
      std::size_t offset = end_;
      if (!by_offset_.empty()) {
        const auto [last, size] = *by_offset_.rbegin();
        if (last + size == end_) erase(offset = last, size);
      }
      end_ = offset + bytes;
      return offset;
    }
    const auto [size, offset] = *range;
    erase(offset, size);
    if (size > bytes) insert(offset + bytes, size - bytes);
    return offset;
  }

  void give_back(std::size_t offset, std::size_t bytes) {
    const auto next = by_offset_.find(offset + bytes);
    if (next != by_offset_.end()) {
      const std::size_t size = next->second;
      erase(offset + bytes, size);
      bytes += size;
    }
    auto before = by_offset_.lower_bound(offset);
    if (before != by_offset_.begin() && (--before)->first + before->second == offset) {
      const auto [start, size] = *before;
      erase(start, size);
      offset = start;
      bytes += size;
    }
    insert(offset, bytes);
  }

  std::size_t end() const { return end_; }

 private:
  void insert(std::size_t offset, std::size_t size) {
    by_offset_.emplace(offset, size);
    by_size_.emplace(size, offset);
  }
  void erase(std::size_t offset, std::size_t size) {
    by_offset_.erase(offset);
    by_size_.erase({size, offset});
  }

  std::map<std::size_t, std::size_t> by_offset_;
  std::set<std::pair<std::size_t, std::size_t>> by_size_;
  std::size_t end_ = 0;
};

// Best fit in the order of the steps, in near-linear time: what begins first chooses first.
std::size_t place_in_order(std::vector<ArenaBlock>& blocks) {
  const Order order = sorted(
      blocks, [](const ArenaBlock& a, const ArenaBlock& b) { return a.first_step < b.first_step; });
  using Ending = std::pair<std::size_t, std::size_t>;  // last step, index
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> live;
  FreeRanges free;
  for (const std::size_t index : order) {
    ArenaBlock& block = blocks[index];
    if (block.bytes == 0) continue;
    for (; !live.empty() && live.top().first < block.first_step; live.pop()) {
      const ArenaBlock& ended = blocks[live.top().second];
      free.give_back(ended.offset, round_up(ended.bytes, arena_alignment));
    }
    block.offset = free.take(round_up(block.bytes, arena_alignment));
    live.emplace(block.last_step, index);
  }
  return free.end();
}

}  // namespace

std::size_t largest_live_set(const std::vector<ArenaBlock>& blocks) {
  std::map<std::size_t, std::size_t> begins;  // bytes that begin to live at a step
  std::map<std::size_t, std::size_t> ends;    // and that end with it
  for (const ArenaBlock& block : blocks) {
    begins[block.first_step] += round_up(block.bytes, arena_alignment);
    ends[block.last_step] += round_up(block.bytes, arena_alignment);
  }
  std::size_t live = 0;
  std::size_t most = 0;
  auto ended = ends.begin();
  for (const auto& [step, bytes] : begins) {
    for (; ended != ends.end() && ended->first < step; ++ended) live -= ended->second;
    live += bytes;
    most = std::max(most, live);
  }
  return most;
}

std::size_t place_blocks(std::vector<ArenaBlock>& blocks) {
  constexpr std::size_t most_searched = 2000;  // the search compares every block with every other
  constexpr int most_repairs = 8;
  if (blocks.size() > most_searched) return place_in_order(blocks);
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
