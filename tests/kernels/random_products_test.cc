#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/random_nodes.hpp"

// CPU kernels of recurrences, batch products, transposed convolutions, norms and adaptive poolings
// against the reference, over random shapes and attributes.

namespace keraunos::testing {
namespace {

using ::testing::IsSupersetOf;

TEST(CpuKernels, RecurrentMatchesTheReference) {
  const auto names = compare_random_nodes(random_recurrent_node);
  EXPECT_THAT(names, IsSupersetOf({"own recurrent"}));
}

TEST(CpuKernels, ConvRecurrentMatchesTheReference) {
  const auto names = compare_random_nodes(random_conv_recurrent);
  EXPECT_THAT(names, IsSupersetOf({"own recurrent conv"}));
}

TEST(CpuKernels, RecurrentSplitsStepsOfOneSequenceBetweenThreads) {
  Random random(1);
  for (const CellFn cell : {CellFn::lstm, CellFn::gru}) {
    Recurrent recurrent = random_recurrent(random);
    recurrent.cell = cell;
    expect_entries_match_reference(recurrent_case(random, recurrent, {}, 640, 1));
    const Window window = {3, 1, 1, Padding::same, 0, 0};
    recurrent.windows = {window, window};
    expect_entries_match_reference(recurrent_case(random, recurrent, {9, 10}, 30, 1));
  }
}

TEST(CpuKernels, BatchMatMulMatchesTheReference) {
  const auto names = compare_random_nodes(random_batch_matmul);
  EXPECT_THAT(names, IsSupersetOf({"own batch matmul"}));
}

TEST(CpuKernels, ConvTransposeMatchesTheReference) {
  const auto names = compare_random_nodes(random_conv_transpose);
  EXPECT_THAT(names, IsSupersetOf({"own transposed conv"}));
}

TEST(CpuKernels, ConvTransposeSplitsLongRowsBetweenThreads) {
  const auto names = compare_random_nodes([](Random& random) {
    Window window;
    window.size = random.size(1, 5);
    window.stride = random.size(1, 3);
    window.dilation = random.size(1, 3);
    window.pad_before = random.size(0, window.extent() - 1);
    window.pad_after = random.size(-3, window.extent() - 1);
    NodeCase node = {ConvTranspose{{window}, {}}, {}, {false, true}};
    node.inputs.push_back(random.tensor({1, random.size(300, 400), 24}));
    node.inputs.push_back(random.tensor({window.size, 20, 24}, -0.3F, 0.3F));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own transposed conv"}));
}

TEST(CpuKernels, NormMatchesTheReference) {
  const auto names = compare_random_nodes(random_norm);
  EXPECT_THAT(names, IsSupersetOf({"own norm"}));
}

TEST(CpuKernels, NormKeepsSmallDeviationsFromALargeMean) {
  Random random(1);
  NodeCase node = {Norm{NormFn::standard, {1}, 1e-6F}, {}, {}};
  node.inputs.push_back(random.tensor({3, 500}, 999, 1001));
  expect_entries_match_reference(node);
}

TEST(CpuKernels, AdaptivePoolMatchesTheReference) {
  const auto names = compare_random_nodes(random_adaptive_pool);
  EXPECT_THAT(names, IsSupersetOf({"own adaptive pool"}));
}

}  // namespace
}  // namespace keraunos::testing
