#include "runtime/shape/solver.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "keraunos/error.hpp"
#include "runtime/shape/window.hpp"

namespace keraunos {
namespace {

const Dim height = Dim::symbol("height");
const Dim width = Dim::symbol("width");

std::set<std::pair<std::int64_t, std::int64_t>> sizes_of(const std::vector<Binding>& bindings) {
  std::set<std::pair<std::int64_t, std::int64_t>> sizes;
  for (const Binding& binding : bindings) sizes.emplace(binding.at("height"), binding.at("width"));
  return sizes;
}

TEST(SolveBackwards, FindsTheSizesWhoseMapHasTheWantedCells) {
  const Window conv{.size = 3};
  const Window pool{.size = 2, .stride = 2};
  Demands demands;
  const auto map = [&](const Dim& size) { return output_size(pool, output_size(conv, size)); };
  demands.equal(map(height) * map(width) * Dim(32), Dim(5408), "rows");
  demands.positive(map(height), "window");
  demands.positive(map(width), "window");

  const Binding wanted = {{"height", 30}, {"width", 30}};
  const auto nearest = solve_backwards(demands.open(), wanted, {"height", "width"}, 4);
  EXPECT_EQ(sizes_of(nearest), (std::set<std::pair<std::int64_t, std::int64_t>>{
                                   {28, 28}, {28, 29}, {29, 28}, {29, 29}}));
  EXPECT_EQ(nearest.front().at("height"), 29);

  // 1x169 and 169x1 maps have 169 cells too.
  const auto all = solve_backwards(demands.open(), wanted, {"height", "width"}, 1000);
  EXPECT_EQ(all.size(), 12U);
}

TEST(SolveBackwards, FindsNothingWhereNothingFits) {
  Demands demands;
  demands.equal(height * Dim(2), Dim(7), "odd");
  EXPECT_TRUE(solve_backwards(demands.open(), {{"height", 1}}, {"height"}, 10).empty());
}

TEST(SolveBackwards, FindsPairsFarAwayWhereEachSizeStandsAlone) {
  Demands demands;
  demands.positive(height - Dim(900), "alone");
  demands.positive(width - Dim(950), "alone");
  const auto found =
      solve_backwards(demands.open(), {{"height", 1}, {"width", 1}}, {"height", "width"}, 1);
  EXPECT_EQ(sizes_of(found), (std::set<std::pair<std::int64_t, std::int64_t>>{{901, 951}}));
}

TEST(SolveBackwards, TriesTheNearestPairsOnlyWhereADemandJoinsTwoSizes) {
  Demands demands;
  demands.equal(height, floor_div(width, 2) + Dim(3), "joined");
  const auto nearest = [&](std::int64_t size) {
    return solve_backwards(demands.open(), {{"height", size}, {"width", 1}}, {"height", "width"},
                           1);
  };
  EXPECT_EQ(sizes_of(nearest(20)), (std::set<std::pair<std::int64_t, std::int64_t>>{{3, 1}}));
  EXPECT_TRUE(nearest(900).empty());
  EXPECT_TRUE(nearest(std::int64_t{1} << 60).empty());
}

// Random stacks of windows on two axes: what the solver returns is exactly what brute force finds.
TEST(SolveBackwards, AgreesWithBruteForce) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  for (int round = 0; round < 30; ++round) {
    Demands demands;
    std::vector<Dim> map = {height, width};
    const Binding made_for = {{"height", pick(8, 24)}, {"width", pick(8, 24)}};
    for (int layer = 0; layer < 3; ++layer) {
      const Window window{.size = pick(1, 3),
                          .stride = pick(1, 2),
                          .padding = pick(0, 1) == 0 ? Padding::same : Padding::explicit_};
      for (Dim& size : map) {
        size = output_size(window, size);
        demands.positive(size, "window");
      }
    }
    const Dim cells = map[0] * map[1] * Dim(3);
    const std::int64_t rows = cells.evaluate(made_for);
    demands.equal(cells, Dim(rows), "rows");

    const auto found = solve_backwards(demands.open(), made_for, {"height", "width"}, 100000);
    std::set<std::pair<std::int64_t, std::int64_t>> brute;
    for (std::int64_t h = 1; h <= 80; ++h) {
      for (std::int64_t w = 1; w <= 80; ++w) {
        const Binding binding = {{"height", h}, {"width", w}};
        const auto holds = [&](const Demand& demand) { return demand.holds(binding); };
        if (std::all_of(demands.open().begin(), demands.open().end(), holds)) brute.emplace(h, w);
      }
    }
    auto solved = sizes_of(found);
    std::erase_if(solved, [](const auto& size) { return size.first > 80 || size.second > 80; });
    ASSERT_EQ(solved, brute) << cells.to_string() << " == " << rows;
  }
}

TEST(Demands, ContradictionsThrowAtOnce) {
  Demands demands;
  EXPECT_THROW(demands.equal(Dim(3), Dim(4), "channels"), Error);
  EXPECT_THROW(demands.positive(Dim(0), "window"), Error);
  EXPECT_THROW(demands.broadcast(Dim(3), Dim(4), "add"), Error);
  EXPECT_TRUE(demands.open().empty());
}

TEST(Demands, WhatIsAlwaysTrueIsDropped) {
  Demands demands;
  EXPECT_EQ(demands.equal(height, height, "same"), height);
  EXPECT_EQ(demands.broadcast(height, Dim(1), "add"), height);
  demands.positive(Dim(1), "window");
  EXPECT_TRUE(demands.open().empty());
}

}  // namespace
}  // namespace keraunos
