#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernels/reference/kernels.hpp"
#include "tests/support/kernel_harness.hpp"

// The reference kernels against numbers worked out by hand or by Keras.

namespace keraunos::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

const float nan = std::numeric_limits<float>::quiet_NaN();

template <typename... Inputs>
std::vector<float> result(Op op, Inputs... inputs) {
  const NodeCase node = {std::move(op), tensors(std::move(inputs)...), {}};
  const Tensor output = reference_result(node);
  const auto elements = output.as<float>();
  return {elements.begin(), elements.end()};
}

Window same(std::int64_t size, std::int64_t stride) {
  return {size, stride, 1, Padding::same, 0, 0};
}

TEST(Reference, HasOneKernelForEveryOpButView) {
  for (std::size_t i = 0; i < op_count; ++i) {
    const bool is_view = i == Op(View{}).index();
    EXPECT_EQ(reference_kernels(i).size(), is_view ? 0U : 1U) << "op " << i;
  }
}

TEST(Reference, EveryEntryIsListedUnderItsOwnOp) {
  EXPECT_EQ(reference_kernels(Op(Conv{}).index()).front().name, "reference conv");
  EXPECT_EQ(reference_kernels(Op(Cast{}).index()).front().name, "reference cast");
  EXPECT_EQ(reference_kernels(Op(Concat{}).index()).front().name, "reference concat");
}

TEST(ReferenceConv, SlidesTheKernelWithoutFlippingIt) {
  EXPECT_THAT(
      result(Conv{{Window{2}}, 1, {}}, tensor({1, 3, 1}, {1, 2, 3}), tensor({2, 1, 1}, {10, 1})),
      ElementsAre(12, 23));
}

TEST(ReferenceConv, SameWithStridePadsMoreAtTheEnd) {
  // 4 cells, stride 2, window 3: one cell of padding, at the end.
  EXPECT_THAT(result(Conv{{same(3, 2)}, 1, {}}, tensor({1, 4, 1}, {1, 2, 3, 4}),
                     tensor({3, 1, 1}, {1, 1, 1})),
              ElementsAre(6, 7));
}

TEST(ReferenceConv, CausalSeesThePastOnly) {
  const Window causal = {2, 1, 2, Padding::causal, 0, 0};
  EXPECT_THAT(
      result(Conv{{causal}, 1, {}}, tensor({1, 4, 1}, {1, 2, 3, 4}), tensor({2, 1, 1}, {10, 1})),
      ElementsAre(1, 2, 13, 24));
}

TEST(ReferenceConv, GroupsSeeTheirOwnChannels) {
  // Two groups of one input channel and two output channels each, with bias.
  EXPECT_THAT(result(Conv{{Window{1}}, 2, {}}, tensor({1, 1, 2}, {3, 5}),
                     tensor({1, 1, 4}, {1, 2, 10, 20}), tensor({4}, {0.5F, 0, 0, 0})),
              ElementsAre(3.5F, 6, 50, 100));
}

TEST(ReferenceConv, AppliesTheActivationAfterTheBias) {
  EXPECT_THAT(result(Conv{{Window{1}}, 1, relu()}, tensor({1, 2, 1}, {1, -1}),
                     tensor({1, 1, 1}, {2}), tensor({1}, {1})),
              ElementsAre(3, 0));
}

TEST(ReferenceConv, HandlesThreeAxes) {
  const Tensor ones = tensor({1, 2, 2, 2, 1}, {1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_THAT(result(Conv{{Window{2}, Window{2}, Window{1}}, 1, {}}, ones.clone(),
                     tensor({2, 2, 1, 1, 1}, {1, 1, 1, 1})),
              ElementsAre(1 + 3 + 5 + 7, 2 + 4 + 6 + 8));
}

TEST(ReferenceMatMul, MultipliesTheLastAxisOfAnyRank) {
  EXPECT_THAT(result(MatMul{}, tensor({1, 2, 2}, {1, 2, 3, 4}), tensor({2, 3}, {1, 0, 2, 0, 1, 1}),
                     tensor({3}, {0, 10, 0})),
              ElementsAre(1, 12, 4, 3, 14, 10));
}

TEST(ReferenceMatMul, OfNoRowsIsTheBias) {
  EXPECT_THAT(result(MatMul{}, tensor({1, 0}, {}), tensor({0, 2}, {}), tensor({2}, {1, 2})),
              ElementsAre(1, 2));
}

TEST(ReferencePool, AverageDoesNotCountPadding) {
  EXPECT_THAT(result(Pool{PoolFn::average, {same(3, 2)}}, tensor({1, 4, 1}, {0, 1, 2, 3})),
              ElementsAre(1, 2.5F));
}

TEST(ReferencePool, PaddingNeverWinsTheMaximum) {
  EXPECT_THAT(result(Pool{PoolFn::max, {same(3, 1)}}, tensor({1, 3, 1}, {-3, -2, -1})),
              ElementsAre(-2, -1, -1));
}

TEST(ReferencePool, NanWinsTheMaximum) {
  const auto pooled = result(Pool{PoolFn::max, {Window{2}}}, tensor({1, 4, 1}, {nan, 1, 2, nan}));
  EXPECT_TRUE(std::isnan(pooled[0]));
  EXPECT_EQ(pooled[1], 2);
  EXPECT_TRUE(std::isnan(pooled[2]));
}

TEST(ReferenceReduce, MeanAndMaxOverInnerAxes) {
  const Tensor cube = tensor({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_THAT(result(Reduce{ReduceFn::mean, {1}, false}, cube.clone()), ElementsAre(2, 3, 6, 7));
  EXPECT_THAT(result(Reduce{ReduceFn::max, {0, 2}, true}, cube.clone()), ElementsAre(6, 8));
}

TEST(ReferenceReduce, NanWinsTheMaximum) {
  EXPECT_TRUE(
      std::isnan(result(Reduce{ReduceFn::max, {0}, false}, tensor({3}, {1, nan, 2})).front()));
}

TEST(ReferenceBinary, BroadcastsAsNumpyDoes) {
  EXPECT_THAT(result(Binary{BinaryFn::add}, tensor({2, 1}, {1, 2}), tensor({3}, {10, 20, 30})),
              ElementsAre(11, 21, 31, 12, 22, 32));
  EXPECT_THAT(result(Binary{BinaryFn::multiply}, tensor({}, {3}), tensor({2}, {1, 2})),
              ElementsAre(3, 6));
}

TEST(ReferenceAffine, ScalesEveryCellOfItsAxis) {
  EXPECT_THAT(result(Affine{1}, tensor({1, 2, 2}, {1, 2, 3, 4}), tensor({2}, {1, 10}),
                     tensor({2}, {0, 0.5F})),
              ElementsAre(1, 2, 30.5F, 40.5F));
}

TEST(ReferenceSoftmax, NormalisesOverSeveralAxesTogether) {
  EXPECT_THAT(result(Softmax{SoftmaxFn::softmax, {0, 2}}, tensor({2, 1, 2}, {0, 0, 0, 0})),
              ElementsAre(0.25F, 0.25F, 0.25F, 0.25F));
}

TEST(ReferenceSoftmax, SurvivesLargeArguments) {
  EXPECT_THAT(result(Softmax{SoftmaxFn::softmax, {0}}, tensor({2}, {1000, 1000})),
              ElementsAre(0.5F, 0.5F));
  EXPECT_THAT(result(Softmax{SoftmaxFn::log_softmax, {0}}, tensor({2}, {1000, 0})),
              ElementsAre(0, -1000));
}

// Keras 3 departs from the paper where more than one cell is in the support: see softmax.cc.
TEST(ReferenceSoftmax, SparsemaxIsThatOfKeras) {
  const Op sparsemax = Softmax{SoftmaxFn::sparsemax, {0}};
  EXPECT_THAT(result(sparsemax, tensor({3}, {1, 0.5F, -1})), ElementsAre(0.25F, 0, 0));
  EXPECT_THAT(result(sparsemax, tensor({2}, {3, 0})), ElementsAre(1, 0));
  EXPECT_THAT(result(sparsemax, tensor({3}, {0.1F, 0.2F, 0.15F})),
              Pointwise(FloatNear(1e-6F), {0.1F, 0.2F, 0.15F}));
  EXPECT_TRUE(std::isnan(result(sparsemax, tensor({2}, {nan, 0})).back()));
}

TEST(ReferenceResize, BilinearHasHalfPixelCentresAndClampedEdges) {
  EXPECT_THAT(result(Resize{1, 4}, tensor({1, 1, 2, 1}, {0, 1})), ElementsAre(0, 0.25F, 0.75F, 1));
}

TEST(ReferenceResize, NearestTakesTheCellUnderTheCentre) {
  EXPECT_THAT(result(Resize{1, 2, Interpolation::nearest}, tensor({1, 1, 5, 1}, {0, 1, 2, 3, 4})),
              ElementsAre(1, 3));
}

TEST(ReferenceResize, AntialiasWidensTheTriangleByTheReduction) {
  // Half the width: weights 1/8, 3/8, 3/8, 1/8 inside, cut off and scaled to 1 at the edges.
  const auto resized =
      result(Resize{1, 2, Interpolation::bilinear, true}, tensor({1, 1, 4, 1}, {0, 0, 8, 8}));
  EXPECT_THAT(resized, ElementsAre(FloatNear(8.0F / 7, 1e-5F), FloatNear(48.0F / 7, 1e-5F)));
}

TEST(ReferenceResize, AntialiasChangesNothingWhenEnlarging) {
  EXPECT_THAT(result(Resize{1, 4, Interpolation::bilinear, true}, tensor({1, 1, 2, 1}, {0, 1})),
              ElementsAre(0, 0.25F, 0.75F, 1));
}

TEST(ReferenceResize, CropsToTheAspectRatioAroundTheCentre) {
  EXPECT_THAT(result(Resize{1, 2, Interpolation::nearest, false, AspectRatio::crop},
                     tensor({1, 1, 4, 1}, {1, 2, 3, 4})),
              ElementsAre(2, 3));
}

TEST(ReferenceResize, PadsToTheAspectRatioWithTheFillValue) {
  EXPECT_THAT(result(Resize{3, 3, Interpolation::nearest, false, AspectRatio::pad, 9},
                     tensor({1, 1, 3, 1}, {1, 2, 3})),
              ElementsAre(9, 9, 9, 1, 2, 3, 9, 9, 9));
}

TEST(ReferencePad, SurroundsWithTheValue) {
  EXPECT_THAT(result(Pad{{{0, 1}, {1, 0}}, 7}, tensor({1, 2}, {1, 2})),
              ElementsAre(7, 1, 2, 7, 7, 7));
}

TEST(ReferenceConcat, JoinsAlongAnInnerAxis) {
  EXPECT_THAT(
      result(Concat{1}, tensor({2, 1}, {1, 2}), tensor({2, 2}, {3, 4, 5, 6}), tensor({2, 0}, {})),
      ElementsAre(1, 3, 4, 2, 5, 6));
}

TEST(ReferenceTranspose, ReordersAxes) {
  EXPECT_THAT(result(Transpose{{2, 0, 1}}, tensor({1, 2, 3}, {1, 2, 3, 4, 5, 6})),
              ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(ReferenceMovement, WorksOnElementsOfAnySize) {
  Tensor bytes(DType::uint8, {1, 2});
  bytes.as<std::uint8_t>()[1] = 5;
  NodeCase node = {Transpose{{1, 0}}, {}, {}};
  node.inputs.push_back(bytes.clone());
  EXPECT_THAT(reference_result(node).as<std::uint8_t>(), ElementsAre(0, 5));
}

TEST(ReferenceCast, ConvertsAsNumpyDoes) {
  NodeCase node = {Cast{DType::int32}, {}, {}};
  node.inputs.push_back(tensor({3}, {1.9F, -1.9F, 0}));
  EXPECT_THAT(reference_result(node).as<std::int32_t>(), ElementsAre(1, -1, 0));
}

TEST(Reference, RefusesArithmeticOnOtherDtypes) {
  NodeCase node = {relu(), {}, {}};
  node.inputs.emplace_back(DType::float64, Dims{2});
  const Verdict answer = verdict(reference_kernels(node.op.index()).front(), node);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.reason(), "computes float32 only");
}

}  // namespace
}  // namespace keraunos::testing
