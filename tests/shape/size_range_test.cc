#include "runtime/shape/size_range.hpp"

#include <gtest/gtest.h>

#include "runtime/shape/solver.hpp"
#include "runtime/shape/window.hpp"

namespace keraunos {
namespace {

const Dim steps = Dim::symbol("steps");
const Dim width = Dim::symbol("width");

TEST(SizeRange, SolvesWhatOnlyGrowsHoweverFarAwayItIs) {
  Demands demands;
  demands.positive(steps - Dim(10'000), "cropping");
  EXPECT_EQ(possible_sizes(demands.open(), {}, "steps").first, 10'001);
  EXPECT_EQ(smallest_sizes(demands.open(), {}, {"steps"}).at("steps"), 10'001);
  const auto nearest = solve_backwards(demands.open(), {{"steps", 50}}, {"steps"}, 2);
  ASSERT_EQ(nearest.size(), 2U);
  EXPECT_EQ(nearest[0].at("steps"), 10'001);
  EXPECT_EQ(nearest[1].at("steps"), 10'002);
}

TEST(SizeRange, OfAnEqualityEndsWhereTheFormulaGrowsOn) {
  Demands demands;
  demands.equal(floor_div(steps, 3), Dim(5000), "rows");
  const SizeRange range = possible_sizes(demands.open(), {}, "steps");
  EXPECT_EQ(range.first, 15'000);
  EXPECT_EQ(range.last, 15'002);
}

TEST(SizeRange, IsEmptyWhereNothingFits) {
  Demands odd;
  odd.equal(steps * Dim(2), Dim(7), "odd");
  EXPECT_TRUE(possible_sizes(odd.open(), {}, "steps").empty());
  Demands too_far;
  too_far.positive(steps - Dim(largest_size), "cropping");
  EXPECT_TRUE(possible_sizes(too_far.open(), {}, "steps").empty());
}

TEST(SizeRange, LeavesDemandsOfOtherKindsToTheSearch) {
  Demands demands;
  demands.positive(steps - Dim(9'000), "cropping");
  demands.equal(floor_div(steps, 32) * Dim(32), steps, "skip");
  const auto nearest = solve_backwards(demands.open(), {{"steps", 64}}, {"steps"}, 1);
  ASSERT_EQ(nearest.size(), 1U);
  EXPECT_EQ(nearest[0].at("steps"), 9'024);
}

TEST(SizeRange, OfTwoSymbolsIsSolvedBothWays) {
  Demands demands;
  demands.positive(steps - Dim(20'000), "alone");
  demands.positive(width - Dim(30'000), "alone");
  demands.equal(floor_div(steps, 2) * Dim(2), steps, "even");
  const Binding wanted = {{"steps", 1}, {"width", 1}};
  const auto nearest = solve_backwards(demands.open(), wanted, {"steps", "width"}, 1);
  ASSERT_EQ(nearest.size(), 1U);
  EXPECT_EQ(nearest[0].at("steps"), 20'002);
  EXPECT_EQ(nearest[0].at("width"), 30'001);
}

TEST(SizeRange, AroundASizeOutsideIsAtItsEnd) {
  const SizeRange range = {100, 200};
  EXPECT_EQ(range.around(1, 10).last, 110);
  EXPECT_EQ(range.around(1'000, 10).first, 190);
  EXPECT_EQ(range.nearest(150), 150);
}

}  // namespace
}  // namespace keraunos
