#include <gmock/gmock.h>

#include <numeric>

#include "kernels/cuda/own/cast_body.hpp"
#include "kernels/cuda/own/collect_body.hpp"
#include "kernels/cuda/own/concat_body.hpp"
#include "kernels/cuda/own/pad_body.hpp"
#include "kernels/cuda/own/select_body.hpp"
#include "kernels/cuda/own/strided.hpp"
#include "runtime/base/fail.hpp"
#include "tests/cuda/own_host.hpp"

namespace keraunos::testing {
namespace {

using cuda::infinity;

constexpr KernelEntry transpose = host_entry<cuda::accepts_transpose, cuda::make_transpose_body>;
constexpr KernelEntry slice = host_entry<cuda::accepts_slice, cuda::make_slice_body>;
constexpr KernelEntry broadcast = host_entry<cuda::accepts_broadcast, cuda::make_broadcast_body>;
constexpr KernelEntry select = host_entry<cuda::accepts_select, cuda::make_select_body>;
constexpr KernelEntry pad = host_entry<cuda::accepts_pad, cuda::make_pad_body>;
constexpr KernelEntry concat = host_entry<cuda::accepts_concat, cuda::make_concat_bodies>;
constexpr KernelEntry cast = host_entry<cuda::accepts_cast, cuda::make_cast_body>;

/// Each element size, and the dtype that is used most twice.
DType random_dtype(Random& random) {
  return random.one_of({DType::uint8, DType::boolean, DType::float16, DType::bfloat16,
                        DType::float32, DType::float32, DType::int64});
}

Tensor random_tensor(Random& random, const Dims& dims, DType dtype) {
  return random.tensor(dims, -100, 100).cast(dtype);
}

TEST(OwnTranspose, MatchesTheReferenceForAnyPermutationAndElementSize) {
  compare_random_own(transpose, [](Random& random) {
    const Dims dims = random_dims(random, 6, 4);
    std::vector<std::size_t> permutation(dims.size());
    std::iota(permutation.begin(), permutation.end(), 0);
    for (std::size_t i = permutation.size(); i > 1; --i) {
      const auto other = static_cast<std::size_t>(random.size(0, static_cast<std::int64_t>(i) - 1));
      std::swap(permutation[i - 1], permutation[other]);
    }
    return NodeCase{
        Transpose{permutation}, tensors(random_tensor(random, dims, random_dtype(random))), {}};
  });
}

TEST(OwnTransposeVerdict, RefusesMoreAxesThanAnIndexSpaceHas) {
  std::vector<std::size_t> permutation(9);
  std::iota(permutation.begin(), permutation.end(), 0);
  const NodeCase node = {Transpose{permutation}, tensors(Tensor(DType::float32, Dims(9, 1))), {}};
  EXPECT_EQ(verdict(transpose, node).reason(), "own transpose takes up to 8 axes, got 9");
}

/// Some cells of an axis, forwards or backwards.
void add_random_axis(Random& random, std::int64_t cells, Slice& op) {
  const std::int64_t size = random.size(0, cells);
  const std::int64_t longest_step = size > 1 ? (cells - 1) / (size - 1) : 9;
  std::int64_t step = random.size(1, std::max<std::int64_t>(longest_step, 1));
  const std::int64_t way = size > 1 ? (size - 1) * step : 0;
  std::int64_t start = size > 0 ? random.size(0, cells - 1 - way) : 0;
  if (random.coin()) {
    start += way;
    step = -step;
  }
  op.starts.emplace_back(start);
  op.sizes.emplace_back(size);
  op.steps.push_back(step);
}

TEST(OwnSlice, MatchesTheReferenceWithAnySteps) {
  compare_random_own(slice, [](Random& random) {
    const Dims dims = random_dims(random, 5, 6);
    Slice op;
    for (const std::int64_t cells : dims) add_random_axis(random, cells, op);
    return NodeCase{op, tensors(random_tensor(random, dims, random_dtype(random))), {}};
  });
}

TEST(OwnSliceVerdict, RefusesCellsThatTheAxisDoesNotHaveByName) {
  const NodeCase node = {Slice{{1}, {2}, {3}}, tensors(Tensor(DType::float32, {4})), {}};
  EXPECT_EQ(verdict(slice, node).reason(),
            "own slice takes 2 cells from 1 on with step 3 of an axis that has 4");
}

TEST(OwnBroadcast, MatchesTheReferenceForAnyAxes) {
  compare_random_own(broadcast, [](Random& random) {
    const Dims dims = random_dims(random, 6, 4);
    return NodeCase{
        Broadcast{make_shape(dims)},
        tensors(random_tensor(random, random_source(random, dims), random_dtype(random))),
        {}};
  });
}

TEST(OwnSelect, MatchesTheReferenceWithAnyBroadcast) {
  compare_random_own(select, [](Random& random) {
    const Dims dims = random_dims(random, 5, 4);
    const DType dtype = random_dtype(random);
    const auto some_dims = [&] { return random.coin() ? dims : random_source(random, dims); };
    return NodeCase{Select{},
                    tensors(whole_numbers(random, some_dims(), DType::boolean),
                            random_tensor(random, some_dims(), dtype),
                            random_tensor(random, some_dims(), dtype)),
                    {}};
  });
}

TEST(OwnSelect, TakesAnyByteThatIsNotZeroForTrue) {
  expect_own_matches_reference(
      select, {Select{},
               tensors(tensor_of<std::uint8_t>(DType::boolean, {0, 1, 2, 255}), tensor({1}, {1}),
                       tensor({1}, {-1})),
               {}});
}

TEST(OwnMovementVerdict, RefusesMoreAxesThanAnIndexSpaceHas) {
  const Dims dims(9, 1);
  const NodeCase wider = {Broadcast{make_shape(dims)}, tensors(tensor({1}, {0})), {}};
  EXPECT_EQ(verdict(broadcast, wider).reason(), "own broadcast takes up to 8 axes, got 9");
  const NodeCase chosen = {
      Select{},
      tensors(Tensor(DType::boolean, dims), Tensor(DType::float32, dims), tensor({1}, {0})),
      {}};
  EXPECT_EQ(verdict(select, chosen).reason(), "own select takes up to 8 axes, got 9");
}

TEST(OwnPad, MatchesTheReferenceOnAnyAxes) {
  compare_random_own(pad, [](Random& random) {
    const Dims dims = random_dims(random, 5, 4);
    Pad op;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      op.amounts.push_back(random.coin() ? PadAmounts{}
                                         : PadAmounts{random.size(0, 3), random.size(0, 3)});
    }
    const DType dtype = random_dtype(random);
    if (dtype == DType::float32) op.value = random.value(-2, 2);
    return NodeCase{op, tensors(random_tensor(random, dims, dtype)), {}};
  });
}

TEST(OwnPad, FillsTheWholeOutputWhereTheInputIsEmpty) {
  const NodeCase node = {Pad{{{1, 2}, {0, 0}}, 5}, tensors(Tensor(DType::float32, {0, 2})), {}};
  expect_own_matches_reference(pad, node);
}

TEST(OwnPadVerdict, RefusesMoreAxesThanAnIndexSpaceHas) {
  const NodeCase node = {
      Pad{std::vector<PadAmounts>(9), 0}, tensors(Tensor(DType::float32, Dims(9, 1))), {}};
  EXPECT_EQ(verdict(pad, node).reason(), "own pad takes up to 8 axes, got 9");
}

TEST(OwnConcat, MatchesTheReferenceOnAnyAxis) {
  compare_random_own(concat, [](Random& random) {
    Dims dims = random_dims(random, 5, 4);
    const DType dtype = random_dtype(random);
    const auto axis = static_cast<std::size_t>(random.size(0, std::ssize(dims) - 1));
    std::vector<Tensor> parts;
    for (std::int64_t left = random.size(2, 4); left > 0; --left) {
      dims[axis] = random.size(0, 4);
      parts.push_back(random_tensor(random, dims, dtype));
    }
    parts.push_back(random_tensor(random, dims, dtype));
    return NodeCase{Concat{axis}, std::move(parts), {}};
  });
}

// No float32 subnormals: kernels run with those flushed to zero.
Tensor extremes() {
  std::vector<float> values = {
      0,        -0.0F,    1,        -1,    0.5F,          -0.5F,         1.5F,     2.5F,
      127.9F,   128,      -128.9F,  -129,  255.9F,        256,           32768,    -32769,
      65535.5F, 65536,    2e9F,     -2e9F, 2147483648.0F, 4294967296.0F, 9.3e18F,  -9.3e18F,
      1.9e19F,  65504,    65519,    65520, 6e-8F,         2e-8F,         1.2e-38F, 3.4e38F,
      nan,      infinity, -infinity};
  Tensor result(DType::float32, {static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), result.as<float>().begin());
  return result;
}

TEST(OwnCast, MatchesNumpyForEveryPairOfDtypes) {
  constexpr std::size_t number_count = static_cast<std::size_t>(DType::string);
  for (std::size_t from = 0; from < number_count; ++from) {
    for (std::size_t to = 0; to < number_count; ++to) {
      const Cast op = {static_cast<DType>(to)};
      const NodeCase node = {op, tensors(extremes().cast(static_cast<DType>(from))), {}};
      SCOPED_TRACE(fmt::format("from {}", to_string(static_cast<DType>(from))));
      SCOPED_TRACE(node.describe());
      expect_own_matches_reference(cast, node, 0);
    }
  }
}

TEST(OwnCast, KeepsEveryBitOfLargeIntegers) {
  Tensor input(DType::int64, {3});
  input.as<std::int64_t>()[0] = std::numeric_limits<std::int64_t>::max();
  input.as<std::int64_t>()[1] = std::numeric_limits<std::int64_t>::lowest();
  input.as<std::int64_t>()[2] = (std::int64_t{1} << 53) + 1;
  for (const DType to : {DType::uint64, DType::float64, DType::float32, DType::int32}) {
    expect_own_matches_reference(cast, {Cast{to}, tensors(input.clone()), {}}, 0);
  }
}

TEST(StridedIndex, MergesAxesThatLieDense) {
  const std::vector<cuda::StridedAxis> dense = {{2, 12}, {1, 5}, {3, 4}, {4, 1}};
  const cuda::StridedIndex index = cuda::make_strided_index(dense);
  EXPECT_EQ(index.rank, 1);
  EXPECT_EQ(index(23), 23);
}

TEST(StridedIndex, MergesBroadcastsOfTheCommonFormsIntoFewAxes) {
  const Dims whole = {2, 3, 4, 5};
  EXPECT_EQ(cuda::make_broadcast_index(whole, whole).rank, 1);
  EXPECT_EQ(cuda::make_broadcast_index(Dims{1}, whole).rank, 1);
  EXPECT_EQ(cuda::make_broadcast_index(Dims{5}, whole).rank, 2);
  EXPECT_EQ(cuda::make_broadcast_index(Dims{4, 5}, whole).rank, 2);
}

TEST(StridedIndex, RefusesMoreAxesThanItHolds) {
  std::vector<cuda::StridedAxis> axes(9, {2, 0});
  for (std::size_t i = 0; i < axes.size(); ++i) axes[i].stride = 3 * static_cast<int>(i + 1);
  try {
    cuda::make_strided_index(axes);
    FAIL() << "nine axes were accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "an index space of 9 axes, at most 8 are possible");
  }
}

}  // namespace
}  // namespace keraunos::testing
