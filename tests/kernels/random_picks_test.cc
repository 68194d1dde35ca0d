#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "keraunos/error.hpp"
#include "runtime/backend/backend.hpp"
#include "tests/support/kernel_harness.hpp"

// CPU kernels for several dtypes against the reference, over random shapes and attributes.

namespace keraunos::testing {
namespace {

using ::testing::IsSupersetOf;

Dims random_dims(Random& random, std::int64_t max_rank, std::int64_t max_size) {
  Dims dims(static_cast<std::size_t>(random.size(1, max_rank)));
  for (std::int64_t& size : dims) size = random.size(0, 3) == 0 ? 1 : random.size(1, max_size);
  return dims;
}

DType random_dtype(Random& random) {
  return random.one_of(
      {DType::float32, DType::int32, DType::int64, DType::boolean, DType::float16, DType::uint8});
}

TEST(CpuPicks, BinaryOfEveryDtypeMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const Dims output = random_dims(random, 4, 9);
    const DType dtype = random.one_of({DType::float32, DType::int32, DType::int64, DType::boolean});
    BinaryFn fn = static_cast<BinaryFn>(random.size(0, static_cast<int>(binary_fn_count) - 1));
    if (dtype == DType::boolean && !gives_bool(fn)) fn = BinaryFn::multiply;
    if (dtype == DType::float32 && is_bitwise(fn)) fn = BinaryFn::power;
    if (fn == BinaryFn::divide || fn == BinaryFn::arctan2) fn = BinaryFn::mod;
    if (dtype == DType::boolean && fn == BinaryFn::mod) fn = BinaryFn::add;
    NodeCase node = {Binary{fn}, {}, {}};
    node.inputs.push_back(
        whole_numbers(random, random.coin() ? output : random_source(random, output), dtype));
    node.inputs.push_back(
        whole_numbers(random, random.coin() ? output : random_source(random, output), dtype));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own typed binary"}));
}

TEST(CpuPicks, SelectMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const Dims output = random_dims(random, 4, 9);
    const DType dtype = random_dtype(random);
    const auto dims = [&] { return random.coin() ? output : random_source(random, output); };
    NodeCase node = {Select{}, {}, {}};
    node.inputs.push_back(whole_numbers(random, dims(), DType::boolean));
    node.inputs.push_back(whole_numbers(random, dims(), dtype));
    node.inputs.push_back(whole_numbers(random, dims(), dtype));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own select"}));
}

TEST(CpuPicks, SumsMatchTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const Dims dims = random_dims(random, 4, 6);
    const auto first =
        static_cast<std::size_t>(random.size(0, static_cast<std::int64_t>(dims.size()) - 1));
    Reduce reduce = {ReduceFn::sum, {}, random.coin()};
    for (std::size_t axis = first; axis < dims.size(); ++axis) {
      if (axis == first || random.coin()) reduce.axes.push_back(axis);
    }
    NodeCase node = {reduce, {}, {}};
    node.inputs.push_back(random.tensor(dims));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own reduce"}));
}

TEST(CpuPicks, SliceMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const Dims dims = random_dims(random, 4, 12);
    Slice slice;
    for (const std::int64_t cells : dims) {
      std::int64_t size = random.coin() ? cells : random.size(1, cells);
      std::int64_t step =
          size == cells ? 1 : random.size(1, size == 1 ? 9 : (cells - 1) / (size - 1));
      std::int64_t start = random.size(0, size == 1 ? cells - 1 : cells - 1 - (size - 1) * step);
      if (random.size(0, 2) == 0) {
        start = size == 1 ? start : start + (size - 1) * step;
        step = -step;
      }
      slice.starts.emplace_back(start);
      slice.sizes.emplace_back(size);
      slice.steps.push_back(step);
    }
    NodeCase node = {slice, {}, {}};
    node.inputs.push_back(whole_numbers(random, dims, random_dtype(random)));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own slice"}));
}

TEST(CpuPicks, BroadcastMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const Dims output = random_dims(random, 5, 7);
    NodeCase node = {Broadcast{make_shape(output)}, {}, {}};
    node.inputs.push_back(
        whole_numbers(random, random_source(random, output), random_dtype(random)));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own broadcast"}));
}

TEST(CpuPicks, GatherMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const Dims dims = random_dims(random, 3, 9);
    const auto axis =
        static_cast<std::size_t>(random.size(0, static_cast<std::int64_t>(dims.size()) - 1));
    NodeCase node = {Gather{axis}, {}, {}};
    node.inputs.push_back(whole_numbers(random, dims, random_dtype(random)));
    Tensor indices(DType::int64, random_dims(random, 2, 6));
    for (std::int64_t& index : indices.as<std::int64_t>()) {
      index = random.size(-dims[axis], dims[axis] - 1);
    }
    node.inputs.push_back(indices.cast(random.coin() ? DType::int32 : DType::int64));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own gather"}));
}

TEST(CpuPicks, TransposeMovesElementsOfAnySize) {
  const auto names = compare_random_nodes([](Random& random) {
    const Dims dims = {random.size(1, 20), random.size(1, 3), random.size(1, 20)};
    NodeCase node = {Transpose{{2, 1, 0}}, {}, {}};
    node.inputs.push_back(whole_numbers(random, dims, random_dtype(random)));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own transpose"}));
}

/// Blocks, threads and repeated rows at sizes where work is shared out.
TEST(CpuPicks, LargeOnesMatchTheReference) {
  Random random(1);
  std::vector<NodeCase> nodes;
  nodes.push_back(
      {Broadcast{{3, 40, 2, 40, 2, 19}}, tensors(random.tensor({3, 40, 1, 40, 1, 19})), {}});
  nodes.push_back({Broadcast{{90, 70, 60}}, tensors(random.tensor({60})), {}});
  nodes.push_back({Broadcast{{90, 70, 60}}, tensors(random.tensor({90, 1, 1})), {}});
  nodes.push_back({Slice{{89, 3}, {90, 1000}, {-1, 2}}, tensors(random.tensor({90, 2003})), {}});
  nodes.push_back({Gather{0},
                   tensors(random.tensor({50, 128}), whole_numbers(random, {40, 90}, DType::int32)),
                   {}});
  nodes.push_back({Select{},
                   tensors(whole_numbers(random, {300000}, DType::boolean), random.tensor({300000}),
                           random.tensor({})),
                   {}});
  nodes.push_back({Reduce{ReduceFn::min, {0}, false}, tensors(random.tensor({300, 900})), {}});
  nodes.push_back({Reduce{ReduceFn::min, {1}, false}, tensors(random.tensor({300, 900})), {}});
  for (const NodeCase& node : nodes) {
    SCOPED_TRACE(node.describe());
    EXPECT_FALSE(expect_entries_match_reference(node).empty());
  }
}

TEST(CpuPicks, NanWinsTheMinimum) {
  for (const std::int64_t place : {0, 5, 16, 32, 36}) {
    for (const bool columns : {false, true}) {
      Random random(1);
      Tensor values = random.tensor({37, columns ? 3 : 1});
      values.as<float>()[static_cast<std::size_t>(place)] = std::numeric_limits<float>::quiet_NaN();
      const NodeCase node = {Reduce{ReduceFn::min, {0}, false}, tensors(std::move(values)), {}};
      EXPECT_THAT(expect_entries_match_reference(node), IsSupersetOf({"own reduce"}));
    }
  }
}

TEST(CpuPicks, GatherNamesNumbersOutsideTheAxis) {
  for (const KernelEntry& entry : cpu_backend().kernels_for(Op(Gather{}).index())) {
    Tensor indices(DType::int64, {3});
    indices.as<std::int64_t>()[2] = 7;
    const NodeCase node = {Gather{0}, tensors(tensor({2}, {1, 2}), std::move(indices)), {}};
    try {
      run_kernel(entry, node, {2, Precision::float32});
      ADD_FAILURE() << entry.name;
    } catch (const Error& error) {
      EXPECT_EQ(error.message(), "index 7 is outside an axis of 2 cells");
    }
  }
}

}  // namespace
}  // namespace keraunos::testing
