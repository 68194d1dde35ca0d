#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/kernel_harness.hpp"

// The reference kernels of transposed convolution, batch products, norms, adaptive pooling and the
// filters of resizing, against numbers by hand or by Keras 3.15.1 on TensorFlow.

namespace keraunos::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

template <typename... Inputs>
std::vector<float> result(Op op, Inputs... inputs) {
  const NodeCase node = {std::move(op), tensors(std::move(inputs)...), {}};
  const Tensor output = reference_result(node);
  const auto elements = output.as<float>();
  return {elements.begin(), elements.end()};
}

Window cut(std::int64_t size, std::int64_t stride, std::int64_t before, std::int64_t after,
           std::int64_t dilation = 1) {
  return {size, stride, dilation, Padding::explicit_, before, after};
}

Tensor transposed_kernel() { return tensor({3, 2, 2}, {-3, 4, 0, -4, 3, -1, -5, 2, -2, 5, 1, -3}); }

TEST(ReferenceConvTranspose, StridesLeaveCellsBetween) {
  const auto input = [] { return tensor({1, 3, 2}, {-4, 3, -1, -5, 2, -2}); };
  const auto bias = [] { return tensor({2}, {0.5F, -1}); };
  EXPECT_THAT(
      result(ConvTranspose{{cut(3, 2, 0, 0)}, {}}, input(), transposed_kernel(), bias()),
      ElementsAre(24.5F, -13, -14.5F, 25, 6.5F, 6, 2.5F, -6, -36.5F, 21, 8.5F, -15, -13.5F, 7));
  EXPECT_THAT(result(ConvTranspose{{cut(3, 2, 0, 1)}, {}}, input(), transposed_kernel(), bias()),
              ElementsAre(24.5F, -13, -14.5F, 25, 6.5F, 6, 2.5F, -6, -36.5F, 21, 8.5F, -15));
}

TEST(ReferenceConvTranspose, NegativePaddingAddsCellsOfBias) {
  EXPECT_THAT(result(ConvTranspose{{cut(2, 2, 0, -1)}, {}}, tensor({1, 2, 2}, {-4, 3, -1, -5}),
                     tensor({2, 2, 2}, {-3, 4, 0, -4, 3, -1, -5, 2}), tensor({2}, {0.5F, -1})),
              ElementsAre(24.5F, -13, -14.5F, 25, -16.5F, 19, 2.5F, -6, 0.5F, -1));
}

TEST(ReferenceConvTranspose, DilationSpreadsTheKernelAndTheActivationComesLast) {
  EXPECT_THAT(result(ConvTranspose{{cut(3, 1, 2, 2, 2)}, relu()},
                     tensor({1, 4, 2}, {-4, 3, -1, -5, 2, -2, 5, 1}), transposed_kernel(),
                     tensor({2}, {0.5F, -1})),
              ElementsAre(0, 33, 0, 0, 31.5F, 0, 0, 0));
}

TEST(ReferenceConvTranspose, TwoAxesAreTheProductOfOneEach) {
  EXPECT_THAT(result(ConvTranspose{{cut(2, 1, 0, 0), cut(2, 2, 0, 0)}, {}},
                     tensor({1, 1, 2, 1}, {1, 10}), tensor({2, 2, 1, 1}, {1, 2, 3, 4})),
              ElementsAre(1, 2, 10, 20, 3, 4, 30, 40));
}

TEST(ReferenceBatchMatMul, TransposesEitherSide) {
  const auto a = [](const Dims& dims) { return tensor(dims, {1, 2, 3, 4, 5, 6}); };
  const auto b = [](const Dims& dims) { return tensor(dims, {1, 0, -1, 2, 1, 1}); };
  EXPECT_THAT(result(BatchMatMul{}, a({2, 3}), b({3, 2})), ElementsAre(2, 7, 5, 16));
  EXPECT_THAT(result(BatchMatMul{false, true}, a({2, 3}), b({2, 3})), ElementsAre(-2, 7, -2, 19));
  EXPECT_THAT(result(BatchMatMul{true, false}, a({3, 2}), b({3, 2})), ElementsAre(3, 11, 4, 14));
  EXPECT_THAT(result(BatchMatMul{true, true}, a({3, 2}), b({2, 3})), ElementsAre(-4, 10, -4, 14));
}

TEST(ReferenceBatchMatMul, AxesBeforeTheMatricesBroadcast) {
  EXPECT_THAT(result(BatchMatMul{}, tensor({2, 1, 1, 1}, {1, 10}), tensor({3, 1, 1}, {1, 2, 3})),
              ElementsAre(1, 2, 3, 10, 20, 30));
  EXPECT_THAT(result(BatchMatMul{}, tensor({2, 1, 2}, {1, 2, 3, 4}), tensor({2, 1}, {1, 10})),
              ElementsAre(21, 43));
}

TEST(ReferenceBatchMatMul, IntegersWrapAround) {
  NodeCase node = {
      BatchMatMul{}, tensors(Tensor(DType::int32, {1, 2}), Tensor(DType::int32, {2, 1})), {}};
  const auto a = node.inputs[0].as<std::int32_t>();
  const auto b = node.inputs[1].as<std::int32_t>();
  a[0] = 1 << 30;
  a[1] = 7;
  b[0] = 4;
  b[1] = -3;
  EXPECT_EQ(reference_result(node).as<std::int32_t>()[0], -21);
}

TEST(ReferenceNorm, EachStatistic) {
  const auto input = [] { return tensor({1, 4}, {1, 2, 3, 6}); };
  const auto near = [](std::vector<float> wanted) { return Pointwise(FloatNear(1e-6F), wanted); };
  // Mean 3, variance 3.5, mean square 12.5, sum of squares 50.
  const float deviation = std::sqrt(4.0F);
  EXPECT_THAT(result(Norm{NormFn::standard, {1}, 0.5F}, input()),
              near({-2 / deviation, -1 / deviation, 0, 3 / deviation}));
  EXPECT_THAT(result(Norm{NormFn::deviation, {1}, 0.5F}, input()),
              near({1 / deviation, 2 / deviation, 3 / deviation, 6 / deviation}));
  const float root = std::sqrt(13.0F);
  EXPECT_THAT(result(Norm{NormFn::rms, {1}, 0.5F}, input()),
              near({1 / root, 2 / root, 3 / root, 6 / root}));
  const float length = std::sqrt(50.0F);
  EXPECT_THAT(result(Norm{NormFn::l2, {1}, 0.5F}, input()),
              near({1 / length, 2 / length, 3 / length, 6 / length}));
  EXPECT_THAT(result(Norm{NormFn::l2, {1}, 100}, input()), near({0.1F, 0.2F, 0.3F, 0.6F}));
}

TEST(ReferenceNorm, AxesNeedNotBeNeighbours) {
  EXPECT_THAT(
      result(Norm{NormFn::standard, {0, 2}, 0}, tensor({2, 2, 2}, {1, -1, 2, 2, 1, -1, -2, -2})),
      ElementsAre(1, -1, 1, 1, 1, -1, -1, -1));
}

TEST(ReferenceAdaptivePool, WindowsOverlapWhereSizesDoNotDivide) {
  EXPECT_THAT(result(AdaptivePool{PoolFn::average, {3}}, tensor({1, 5, 1}, {1, 2, 3, 4, 5})),
              ElementsAre(1.5F, 3, 4.5F));
  EXPECT_THAT(result(AdaptivePool{PoolFn::max, {4}}, tensor({1, 2, 1}, {1, 2})),
              ElementsAre(1, 1, 2, 2));
  EXPECT_THAT(result(AdaptivePool{PoolFn::max, {1, 2}}, tensor({1, 2, 3, 1}, {1, 9, 3, 4, 5, 6})),
              ElementsAre(9, 9));
}

std::vector<float> resized(Interpolation interpolation, bool antialias, std::int64_t width) {
  Resize resize;
  resize.height = 1;
  resize.width = width;
  resize.interpolation = interpolation;
  resize.antialias = antialias;
  return result(resize, tensor({1, 1, 5, 1}, {-4, 3, -1, -5, 2}));
}

TEST(ReferenceResize, FiltersLeaveOutCellsOutside) {
  const auto near = [](std::vector<float> wanted) { return Pointwise(FloatNear(2e-6F), wanted); };
  EXPECT_THAT(resized(Interpolation::bicubic, false, 3), near({-1.9337113F, -1, -0.06628871F}));
  EXPECT_THAT(resized(Interpolation::bicubic, false, 8),
              near({-4.5036898F, -1.0350498F, 3.052124F, 0.6192627F, -2.6192627F, -5.052124F,
                    -0.9649502F, 2.50369F}));
  EXPECT_THAT(resized(Interpolation::bicubic, true, 3), near({-0.84615362F, -1, -1.1538467F}));
  EXPECT_THAT(resized(Interpolation::lanczos3, false, 3), near({-1.8634009F, -1, -0.13660038F}));
  EXPECT_THAT(resized(Interpolation::lanczos3, true, 3), near({-0.56604391F, -1, -1.4339566F}));
  EXPECT_THAT(resized(Interpolation::lanczos3, true, 8),
              near({-4.8399844F, -1.0478139F, 3.220896F, 1.3768775F, -3.3768778F, -5.2208962F,
                    -0.95218599F, 2.8399844F}));
  EXPECT_THAT(resized(Interpolation::lanczos5, false, 3), near({-2.0465219F, -1, 0.046520591F}));
  EXPECT_THAT(resized(Interpolation::lanczos5, true, 3), near({-0.36000845F, -1, -1.6399916F}));
  EXPECT_THAT(resized(Interpolation::lanczos5, false, 8),
              near({-4.8312106F, -1.2976153F, 3.3199534F, 1.8779571F, -3.8779569F, -5.319953F,
                    -0.70238483F, 2.8312106F}));
}

}  // namespace
}  // namespace keraunos::testing
