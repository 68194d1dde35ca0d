#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/cuda/own/norm_body.hpp"
#include "kernels/cuda/own/reduce_body.hpp"
#include "kernels/cuda/own/softmax_body.hpp"
#include "kernels/cuda/own/split_reduce_body.hpp"
#include "kernels/reference/reductions.hpp"
#include "tests/cuda/own_host.hpp"
#include "tests/support/random_nodes.hpp"

namespace keraunos::testing {
namespace {

using cuda::infinity;

// Both ways in which a row can be shared out: to one thread, and to a team.
const std::vector<KernelEntry> softmax_entries = {
    host_entry<cuda::accepts_softmax, cuda::make_softmax_body>,
    host_entry<cuda::accepts_softmax, cuda::make_softmax_body, TeamLauncher>};
const std::vector<KernelEntry> reduce_entries = {
    host_entry<cuda::accepts_reduce, cuda::make_reduce_body>,
    host_entry<cuda::accepts_reduce, cuda::make_reduce_body, TeamLauncher>};
const std::vector<KernelEntry> norm_entries = {
    host_entry<cuda::accepts_norm, cuda::make_norm_body>,
    host_entry<cuda::accepts_norm, cuda::make_norm_body, TeamLauncher>};

std::vector<std::size_t> random_axes(Random& random, std::size_t rank) {
  std::vector<std::size_t> axes;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (random.coin()) axes.push_back(axis);
  }
  if (axes.empty()) axes.push_back(rank - 1);
  return axes;
}

class OwnSoftmax : public ::testing::TestWithParam<SoftmaxFn> {
 protected:
  void expect_match(const Tensor& input, std::vector<std::size_t> axes) const {
    for (const KernelEntry& entry : softmax_entries) {
      expect_own_matches_reference(entry, {Softmax{GetParam(), axes}, tensors(input.clone()), {}});
    }
  }
};

TEST_P(OwnSoftmax, MatchesTheReferenceOverAnyAxes) {
  for (const KernelEntry& entry : softmax_entries) {
    compare_random_own(entry, [](Random& random) {
      const Dims dims = random_dims(random, 4, 6);
      const bool one_axis = GetParam() == SoftmaxFn::sparsemax;
      const std::vector<std::size_t> axes =
          one_axis ? std::vector<std::size_t>{dims.size() - 1} : random_axes(random, dims.size());
      return NodeCase{Softmax{GetParam(), axes}, tensors(random.tensor(dims, -4, 4)), {}};
    });
  }
}

TEST_P(OwnSoftmax, MatchesTheReferenceOnLongRows) {
  Random random(11);
  expect_match(random.tensor({2, 1000}, -10, 10), {1});
  expect_match(random.tensor({300, 3}, -10, 10), {0});
}

TEST_P(OwnSoftmax, DoesNotOverflow) {
  expect_match(tensor({2, 3}, {1000, 999, -1000, 1e6F, -1e6F, 0}), {1});
}

TEST_P(OwnSoftmax, SharesTheWeightAmongEqualCells) {
  expect_match(tensor({2, 4}, {7, 7, 7, 7, 0, 0, -1, -1}), {1});
}

TEST_P(OwnSoftmax, GivesNanToTheRowThatHasNan) {
  expect_match(tensor({3, 2}, {1, 2, nan, 3, 4, nan}), {1});
}

TEST_P(OwnSoftmax, ExcludesCellsAtMinusInfinity) {
  expect_match(tensor({1, 3}, {0, -infinity, 1}), {1});
}

INSTANTIATE_TEST_SUITE_P(EveryFunction, OwnSoftmax,
                         ::testing::Values(SoftmaxFn::softmax, SoftmaxFn::log_softmax,
                                           SoftmaxFn::sparsemax),
                         [](const auto& test) { return std::string(to_string(test.param)); });

TEST(OwnSoftmaxVerdict, RefusesByName) {
  const NodeCase doubles = {
      Softmax{SoftmaxFn::softmax, {0}}, tensors(Tensor(DType::float64, {2})), {}};
  EXPECT_EQ(verdict(softmax_entries[0], doubles).reason(),
            "own softmax computes on float32, float16 or bfloat16, got float64");
  const NodeCase deep = {
      Softmax{SoftmaxFn::softmax, {0}}, tensors(Tensor(DType::float32, Dims(10, 1))), {}};
  EXPECT_EQ(verdict(softmax_entries[0], deep).reason(), "own softmax takes up to 8 axes, got 10");
}

TEST(OwnSoftmaxVerdict, RefusesSparsemaxOfLongRows) {
  const NodeCase node = {
      Softmax{SoftmaxFn::sparsemax, {1}}, tensors(Tensor(DType::float32, {1, 4097})), {}};
  EXPECT_EQ(verdict(softmax_entries[0], node).reason(),
            "own sparsemax takes rows of up to 4096 cells, got 4097");
}

constexpr ReduceFn reduce_fns[] = {ReduceFn::mean, ReduceFn::max, ReduceFn::min, ReduceFn::sum,
                                   ReduceFn::prod, ReduceFn::any, ReduceFn::all};

/// Calls check(entry, fn, dtype) for every function and dtype that the reference has.
template <typename Check>
void for_each_reduction(const Check& check) {
  for (const KernelEntry& entry : reduce_entries) {
    for (const DType dtype : number_dtypes) {
      for (const ReduceFn fn : reduce_fns) {
        SCOPED_TRACE(fmt::format("{} of {}", to_string(fn), to_string(dtype)));
        if (reference::can_reduce(fn, dtype)) check(entry, fn, dtype);
      }
    }
  }
}

TEST(OwnReduce, MatchesTheReferenceOverAnyAxes) {
  Random random(13);
  for_each_reduction([&](const KernelEntry& entry, ReduceFn fn, DType dtype) {
    for (int round = 0; round < 6; ++round) {
      const Dims dims = random_dims(random, 5, 5);
      const NodeCase node = {Reduce{fn, random_axes(random, dims.size()), random.coin()},
                             tensors(whole_numbers(random, dims, dtype)),
                             {}};
      SCOPED_TRACE(node.describe());
      expect_own_matches_reference(entry, node);
    }
  });
}

TEST(OwnReduce, MatchesTheReferenceOnLongRows) {
  Random random(14);
  for_each_reduction([&](const KernelEntry& entry, ReduceFn fn, DType dtype) {
    const Tensor numbers = dtype == DType::float32 ? random.tensor({3, 500}, 0.9F, 1.1F)
                                                   : whole_numbers(random, {3, 500}, dtype);
    expect_own_matches_reference(entry, {Reduce{fn, {1}, false}, tensors(numbers.clone()), {}});
  });
}

TEST(OwnReduce, GivesTheNeutralElementOfNoCells) {
  for_each_reduction([&](const KernelEntry& entry, ReduceFn fn, DType dtype) {
    if (fn == ReduceFn::mean || fn == ReduceFn::max || fn == ReduceFn::min) return;
    expect_own_matches_reference(entry,
                                 {Reduce{fn, {1}, false}, tensors(Tensor(dtype, {2, 0})), {}});
  });
}

TEST(OwnReduce, ComputesWith16BitFloatsAsWithFloat32) {
  Random random(15);
  for_each_reduction([&](const KernelEntry& entry, ReduceFn fn, DType dtype) {
    if (dtype != DType::float32) return;
    expect_own_matches_in_16_bits(
        entry, {Reduce{fn, {1}, false}, tensors(random.tensor({4, 9}, 0.5F, 2)), {}});
  });
}

TEST(OwnReduce, MeansOfManyLikeNumbersLoseNothing) {
  Random random(12);
  for (const KernelEntry& entry : reduce_entries) {
    const NodeCase node = {
        Reduce{ReduceFn::mean, {1, 2}}, tensors(random.tensor({1, 200, 200, 3}, 99, 101)), {}};
    expect_own_matches_reference(entry, node, 1e-6F);
  }
}

TEST(OwnReduce, NanWinsWhereverItStands) {
  for_each_reduction([&](const KernelEntry& entry, ReduceFn fn, DType dtype) {
    if (dtype != DType::float32) return;
    const NodeCase node = {
        Reduce{fn, {1}},
        tensors(tensor({3, 4}, {nan, 1, 2, 3, 1, 2, 3, nan, -1, -2, -infinity, -4})),
        {}};
    expect_own_matches_reference(entry, node);
  });
}

TEST(OwnReduceVerdict, RefusesWhatTheReferenceDoesByName) {
  const auto refusal = [](ReduceFn fn, DType dtype) {
    const NodeCase node = {Reduce{fn, {0}}, tensors(Tensor(dtype, {2})), {}};
    return verdict(reduce_entries[0], node).reason();
  };
  EXPECT_EQ(refusal(ReduceFn::mean, DType::int64), "own reduce has no mean of int64");
  EXPECT_EQ(refusal(ReduceFn::max, DType::uint8),
            "own reduce computes float32, int32, int64 and bool only, not uint8");
}

constexpr std::initializer_list<NormFn> norm_fns = {NormFn::standard, NormFn::rms,
                                                    NormFn::deviation, NormFn::l2};

TEST(OwnNorm, MatchesTheReferenceOverAnyAxes) {
  for (const KernelEntry& entry : norm_entries) compare_random_own(entry, random_norm);
}

TEST(OwnNorm, KeepsSmallDeviationsFromALargeMean) {
  Random random(14);
  for (const KernelEntry& entry : norm_entries) {
    for (const NormFn fn : {NormFn::standard, NormFn::deviation}) {
      const NodeCase node = {
          Norm{fn, {1}, 1e-6F}, tensors(random.tensor({3, 500}, 9999, 10001)), {}};
      expect_own_matches_reference(entry, node, 1e-6F);
    }
  }
}

TEST(OwnNorm, DividesNothingByLessThanEpsilonAllows) {
  for (const NormFn fn : norm_fns) {
    const NodeCase node = {
        Norm{fn, {1}, 1e-12F}, tensors(tensor({2, 3}, {0, 0, 0, 1e-9F, 0, -1e-9F})), {}};
    expect_own_matches_reference(norm_entries[0], node);
  }
}

TEST(OwnNorm, GivesNanToTheRowThatHasNan) {
  for (const KernelEntry& entry : norm_entries) {
    for (const NormFn fn : norm_fns) {
      const NodeCase node = {Norm{fn, {1}}, tensors(tensor({2, 3}, {1, nan, 2, 1, 2, 3})), {}};
      const Tensor result = run_kernel(entry, node);
      const auto isnan = [](float x) { return std::isnan(x); };
      const auto cells = result.as<float>();
      EXPECT_TRUE(std::all_of(cells.begin(), cells.begin() + 3, isnan));
      EXPECT_TRUE(std::none_of(cells.begin() + 3, cells.end(), isnan));
    }
  }
}

TEST(OwnNormVerdict, RefusesByName) {
  const NodeCase deep = {Norm{NormFn::rms, {0}}, tensors(Tensor(DType::float32, Dims(10, 1))), {}};
  EXPECT_EQ(verdict(norm_entries[0], deep).reason(), "own norm takes up to 8 axes, got 10");
}

constexpr KernelEntry split_reduce = {"own split reduce, on the host", cuda::accepts_split_reduce,
                                      cuda::create_split_reduce<HostLauncher>};

TEST(OwnSplitReduce, MatchesTheReference) {
  Random random(31);
  for (const ReduceFn fn : {ReduceFn::mean, ReduceFn::sum}) {
    for (const bool keepdims : {false, true}) {
      expect_own_matches_reference(
          split_reduce, {Reduce{fn, {1, 2}, keepdims}, tensors(random.tensor({3, 17, 19, 5})), {}});
      expect_own_matches_reference(
          split_reduce, {Reduce{fn, {0}, keepdims}, tensors(random.tensor({1000, 7})), {}});
    }
  }
}

TEST(OwnSplitReduceVerdict, RefusesByName) {
  const auto refusal = [](ReduceFn fn, std::vector<std::size_t> axes, Dims dims) {
    const NodeCase node = {
        Reduce{fn, std::move(axes)}, tensors(Tensor(DType::float32, std::move(dims))), {}};
    return verdict(split_reduce, node).reason();
  };
  EXPECT_EQ(refusal(ReduceFn::max, {1}, {2, 64, 4}), "own split reduce does not compute max");
  EXPECT_EQ(refusal(ReduceFn::mean, {1}, {2, 64}),
            "own split reduce wants neighbouring axes before the last");
  EXPECT_EQ(refusal(ReduceFn::mean, {0, 2}, {20, 3, 64, 4}),
            "own split reduce wants neighbouring axes before the last");
  EXPECT_EQ(refusal(ReduceFn::mean, {1}, {2, 9, 4}),
            "own split reduce wants few long rows, got 8 of 9 cells");
}

TEST(RowSplit, GivesShortRowsToOneThreadAndLongOnesToAWarp) {
  const std::vector<std::size_t> last = {1};
  EXPECT_TRUE(cuda::make_row_split(Dims{4, 10}, last).one_thread_per_row);
  EXPECT_FALSE(cuda::make_row_split(Dims{4, 1000}, last).one_thread_per_row);
}

TEST(RowSplit, GivesRowsThatLieSideBySideToOneThreadEachWhereTheyFillTheGpu) {
  const std::vector<std::size_t> spatial = {1, 2};
  EXPECT_FALSE(cuda::make_row_split(Dims{1, 7, 7, 64}, spatial).one_thread_per_row);
  EXPECT_TRUE(cuda::make_row_split(Dims{32, 7, 7, 512}, spatial).one_thread_per_row);
}

}  // namespace
}  // namespace keraunos::testing
