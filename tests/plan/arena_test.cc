#include "runtime/plan/arena.hpp"

#include <gtest/gtest.h>

#include <random>

namespace keraunos {
namespace {

TEST(Arena, BlocksThatNeverMeetShareBytes) {
  std::vector<ArenaBlock> blocks = {{1024, 0, 1}, {1024, 2, 3}};
  EXPECT_EQ(place_blocks(blocks), 1024U);
  EXPECT_EQ(blocks[0].offset, blocks[1].offset);
}

TEST(Arena, BlocksOfOneStepAreApart) {
  std::vector<ArenaBlock> blocks = {{1024, 0, 1}, {512, 1, 2}};
  EXPECT_EQ(place_blocks(blocks), 1536U);
}

TEST(Arena, SmallestGapThatFitsIsTaken) {
  // After step 4 a gap of 768 bytes is left at 1024, and one of 512 at 2560.
  std::vector<ArenaBlock> blocks = {{1024, 0, 9}, {768, 0, 4}, {600, 0, 9},
                                    {512, 0, 4},  {300, 0, 9}, {280, 5, 9}};
  place_blocks(blocks);
  EXPECT_EQ(blocks[1].offset, 1024U);
  EXPECT_EQ(blocks[3].offset, 2560U);
  EXPECT_EQ(blocks[5].offset, 2560U);
}

TEST(Arena, IsNoLargerThanWhatLivesAtOnceWhereAnotherOrderAllowsIt) {
  // Largest first, the last block would come to lie behind the first, and the third behind both.
  std::vector<ArenaBlock> blocks = {{2048, 0, 1}, {2560, 2, 4}, {1024, 0, 1}, {1536, 0, 2}};
  EXPECT_EQ(largest_live_set(blocks), 4608U);
  EXPECT_EQ(place_blocks(blocks), 4608U);
}

TEST(Arena, EmptyBlocksTakeNothing) {
  std::vector<ArenaBlock> blocks = {{0, 0, 1}};
  EXPECT_EQ(place_blocks(blocks), 0U);
}

TEST(Arena, ALongChainTakesWhatLivesAtOnce) {
  std::vector<ArenaBlock> blocks;
  for (std::size_t i = 0; i < 100'000; ++i) blocks.push_back({1000, i, i + 1});
  EXPECT_EQ(largest_live_set(blocks), 2048U);
  EXPECT_EQ(place_blocks(blocks), 2048U);
}

TEST(Arena, BlocksAliveTogetherNeverOverlap) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 301; ++round) {
    const bool is_long = round == 300;  // so long that they are placed in the order of steps
    std::vector<ArenaBlock> blocks(is_long ? 3000 : random() % 40);
    for (ArenaBlock& block : blocks) {
      block.bytes = random() % 5000;
      block.first_step = random() % (is_long ? 2000 : 30);
      block.last_step = block.first_step + random() % 6;
    }
    const std::size_t arena = place_blocks(blocks);
    EXPECT_LE(arena, is_long ? 2 * largest_live_set(blocks) : arena);
    EXPECT_GE(arena, largest_live_set(blocks));
    for (const ArenaBlock& a : blocks) {
      EXPECT_LE(a.offset + a.bytes, arena);
      EXPECT_EQ(a.offset % arena_alignment, 0U);
      for (const ArenaBlock& b : blocks) {
        const bool together = a.first_step <= b.last_step && b.first_step <= a.last_step;
        const bool apart = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;
        ASSERT_TRUE(&a == &b || !together || apart || a.bytes == 0 || b.bytes == 0);
      }
    }
  }
}

}  // namespace
}  // namespace keraunos
