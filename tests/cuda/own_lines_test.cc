#include <fmt/format.h>
#include <gmock/gmock.h>

#include "kernels/cuda/own/arg_reduce_body.hpp"
#include "kernels/cuda/own/scan_body.hpp"
#include "kernels/cuda/own/sort_body.hpp"
#include "tests/cuda/own_host.hpp"

// Ops that walk along one axis.

namespace keraunos::testing {
namespace {

using cuda::infinity;

// Both ways in which a row can be shared out: to one thread, and to a team.
const std::vector<KernelEntry> arg_reduce_entries = {
    host_entry<cuda::accepts_arg_reduce, cuda::make_arg_reduce_body>,
    host_entry<cuda::accepts_arg_reduce, cuda::make_arg_reduce_body, TeamLauncher>};
const std::vector<KernelEntry> scan_entries = {
    host_entry<cuda::accepts_scan, cuda::make_scan_body>,
    host_entry<cuda::accepts_scan, cuda::make_scan_body, TeamLauncher>};
constexpr KernelEntry sort = host_entry<cuda::accepts_sort, cuda::make_sort_body>;

/// Numbers among which many are equal.
Tensor random_line_cells(Random& random, const Dims& dims) {
  return whole_numbers(random, dims, number_dtypes[random.size(0, std::ssize(number_dtypes) - 1)]);
}

/// Lines of what is hard to order.
Tensor hard_lines() {
  return tensor({5, 4},
                {nan, 0,        -0.0F,     0,         nan,       nan, nan,   nan, 5,     -infinity,
                 nan, infinity, -infinity, -infinity, -infinity, nan, -0.0F, 0,   -0.0F, nan});
}

TEST(OwnArgReduce, MatchesTheReferenceOnAnyAxis) {
  for (const KernelEntry& entry : arg_reduce_entries) {
    compare_random_own(entry, [](Random& random) {
      const Dims dims = random_dims(random, 4, 9);
      return NodeCase{ArgReduce{random.coin(), random_axis(random, dims), random.coin()},
                      tensors(random_line_cells(random, dims)),
                      {}};
    });
  }
}

TEST(OwnArgReduce, MatchesTheReferenceOnWhatIsHardToOrder) {
  const std::int32_t low = std::numeric_limits<std::int32_t>::lowest();
  const std::int32_t high = std::numeric_limits<std::int32_t>::max();
  for (const KernelEntry& entry : arg_reduce_entries) {
    for (const bool largest : {false, true}) {
      const ArgReduce op = {largest, 0, false};
      expect_own_matches_reference(entry,
                                   {ArgReduce{largest, 1, false}, tensors(hard_lines()), {}});
      for (const auto& line :
           {tensor_of(DType::int32, {low, low}), tensor_of(DType::int32, {high, high}),
            tensor_of(DType::int32, {high, low, low, high})}) {
        expect_own_matches_reference(entry, {op, tensors(line.clone()), {}});
      }
    }
  }
}

TEST(OwnScan, MatchesTheReferenceOnAnyAxis) {
  for (const KernelEntry& entry : scan_entries) {
    compare_random_own(entry, [](Random& random) {
      const Dims dims = random_dims(random, 4, 8);
      const DType dtype = random.one_of({DType::float32, DType::int32, DType::int64});
      return NodeCase{Scan{random.one_of({ScanFn::sum, ScanFn::prod}), random_axis(random, dims)},
                      tensors(whole_numbers(random, dims, dtype)),
                      {}};
    });
  }
}

TEST(OwnScan, MatchesTheReferenceOnLongRows) {
  Random random(31);
  for (const KernelEntry& entry : scan_entries) {
    for (const ScanFn fn : {ScanFn::sum, ScanFn::prod}) {
      const Scan op = {fn, 0};
      expect_own_matches_reference(entry, {op, tensors(random.tensor({301, 2}, 0.9F, 1.1F)), {}});
      expect_own_matches_reference(
          entry, {op, tensors(random.tensor({301}, -1e9F, 1e9F).cast(DType::int32)), {}});
    }
  }
}

TEST(OwnScan, KeepsNanFromItsPlaceOn) {
  for (const KernelEntry& entry : scan_entries) {
    expect_own_matches_reference(
        entry, {Scan{ScanFn::sum, 0}, tensors(tensor({6}, {1, 2, nan, 3, infinity, 4})), {}});
  }
}

TEST(OwnSort, MatchesTheReferenceOnAnyAxis) {
  compare_random_own(sort, [](Random& random) {
    const Dims dims = random_dims(random, 4, 9);
    return NodeCase{Sort{random_axis(random, dims), random.coin()},
                    tensors(random_line_cells(random, dims)),
                    {}};
  });
}

TEST(OwnSort, MatchesTheReferenceOnWhatIsHardToOrder) {
  for (const bool descending : {false, true}) {
    expect_own_matches_reference(sort, {Sort{1, descending}, tensors(hard_lines()), {}});
  }
}

TEST(OwnLines, ComputeWith16BitFloatsAsWithFloat32) {
  Random random(32);
  const auto cells = [&] { return tensors(random.tensor({4, 9}, 0.5F, 1.5F)); };
  expect_own_matches_in_16_bits(arg_reduce_entries[0], {ArgReduce{true, 1, false}, cells(), {}});
  expect_own_matches_in_16_bits(scan_entries[0], {Scan{ScanFn::prod, 1}, cells(), {}});
  expect_own_matches_in_16_bits(sort, {Sort{1, false}, cells(), {}});
}

TEST(OwnLinesVerdict, RefusesByName) {
  const NodeCase bytes = {ArgReduce{true, 0, false}, tensors(Tensor(DType::uint8, {3})), {}};
  EXPECT_EQ(verdict(arg_reduce_entries[0], bytes).reason(),
            "own arg reduce computes float32, int32, int64 and bool only, not uint8");
  const NodeCase bools = {Scan{ScanFn::sum, 0}, tensors(Tensor(DType::boolean, {3})), {}};
  EXPECT_EQ(verdict(scan_entries[0], bools).reason(), "own scan computes numbers only");
  const NodeCase line = {Sort{1, false}, tensors(Tensor(DType::float32, {1, 4097})), {}};
  EXPECT_EQ(verdict(sort, line).reason(), "own sort takes lines of up to 4096 cells, got 4097");
}

}  // namespace
}  // namespace keraunos::testing
