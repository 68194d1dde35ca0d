#include <gmock/gmock.h>

#include <cmath>

#include "kernels/cuda/own/conv_body.hpp"
#include "kernels/cuda/own/packed_depthwise_body.hpp"
#include "kernels/cuda/own/packed_pool_body.hpp"
#include "kernels/cuda/own/pool_body.hpp"
#include "tests/cuda/own_host.hpp"
#include "tests/support/random_nodes.hpp"

namespace keraunos::testing {
namespace {

using ::testing::ElementsAre;

constexpr KernelEntry pool = host_entry<cuda::accepts_pool, cuda::make_pool_body>;
constexpr KernelEntry packed_pool =
    host_entry<cuda::accepts_packed_pool, cuda::make_packed_pool_body>;
constexpr KernelEntry packed_depthwise =
    host_entry<cuda::accepts_packed_depthwise, cuda::make_packed_depthwise_body>;
constexpr KernelEntry adaptive_pool =
    host_entry<cuda::accepts_adaptive_pool, cuda::make_adaptive_pool_body>;
constexpr KernelEntry depthwise = host_entry<cuda::accepts_depthwise_conv, cuda::make_conv_body>;
constexpr KernelEntry direct = host_entry<cuda::accepts_direct_conv, cuda::make_conv_body>;
constexpr KernelEntry conv_transpose =
    host_entry<cuda::accepts_conv_transpose, cuda::make_conv_transpose_body>;

std::vector<float> elements(const Tensor& tensor) {
  const auto all = tensor.as<float>();
  return {all.begin(), all.end()};
}

/// A window that has at least one position on an axis of `input` cells.
Window random_window(Random& random, std::int64_t input, bool dilated) {
  Window window;
  window.stride = random.size(1, 3);
  window.padding = random.one_of({Padding::explicit_, Padding::same, Padding::causal});
  window.size = random.size(1, std::min<std::int64_t>(input, 4));
  if (dilated && (window.size - 1) * 2 + 1 <= input) window.dilation = random.size(1, 2);
  if (window.padding == Padding::explicit_) {
    window.pad_before = random.size(0, window.size - 1);
    window.pad_after = random.size(0, window.size - 1);
  }
  return window;
}

/// A batch of one to three spatial axes, and windows for them.
struct Slide {
  Dims input;
  std::vector<Window> windows;
};

Slide random_slide(Random& random, std::int64_t channels, bool dilated) {
  Slide slide;
  slide.input = {random.size(1, 3)};
  const std::int64_t axes = random.size(1, 3);
  for (std::int64_t axis = 0; axis < axes; ++axis) {
    slide.input.push_back(random.size(1, 9));
    slide.windows.push_back(random_window(random, slide.input.back(), dilated));
  }
  slide.input.push_back(channels);
  return slide;
}

NodeCase random_conv(Random& random, std::int64_t groups, std::int64_t in_per_group,
                     std::int64_t out_per_group) {
  const Slide slide = random_slide(random, groups * in_per_group, true);
  Dims kernel;
  for (const Window& window : slide.windows) kernel.push_back(window.size);
  kernel.push_back(in_per_group);
  kernel.push_back(groups * out_per_group);
  Conv conv = {slide.windows, groups, {}};
  if (random.coin()) conv.activation = relu();
  if (random.coin()) conv.activation = {UnaryFn::silu, 0, 0, 0};
  // Bounds that zero is not within: padding must stay zero all the same.
  if (random.coin()) conv.input_clamp = random.one_of<Clamp>({{0, 0.5F}, {0.25F, 0.5F}});
  std::vector<Tensor> inputs = tensors(random.tensor(slide.input), random.tensor(kernel));
  if (random.coin()) inputs.push_back(random.tensor({kernel.back()}));
  return {conv, std::move(inputs), {false, true, true}};
}

TEST(OwnPool, MatchesTheReferenceInOneToThreeAxes) {
  compare_random_own(pool, [](Random& random) {
    Slide slide = random_slide(random, random.size(1, 5), false);
    const PoolFn fn = random.one_of({PoolFn::max, PoolFn::average});
    return NodeCase{Pool{fn, slide.windows}, tensors(random.tensor(slide.input)), {}};
  });
}

TEST(OwnPool, NanWinsTheMaximumWhereverItStands) {
  const NodeCase node = {
      Pool{PoolFn::max, {Window{2, 1}}}, tensors(tensor({1, 4, 1}, {nan, 1, 2, nan})), {}};
  expect_own_matches_reference(pool, node);
}

TEST(OwnPool, PaddingNeverWinsAndIsNotCounted) {
  const std::vector<Window> padded = {{3, 1, 1, Padding::same, 0, 0}};
  const Tensor input = tensor({1, 2, 1}, {-4, -6});
  EXPECT_THAT(elements(run_kernel(pool, {Pool{PoolFn::max, padded}, tensors(input.clone()), {}})),
              ElementsAre(-4, -4));
  EXPECT_THAT(
      elements(run_kernel(pool, {Pool{PoolFn::average, padded}, tensors(input.clone()), {}})),
      ElementsAre(-5, -5));
}

TEST(OwnPool, VisitsOnlyTheInputUnderAWindowOfAnySize) {
  const std::vector<Window> huge = {{std::int64_t{1} << 40, 1, 1, Padding::same, 0, 0}};
  const NodeCase node = {Pool{PoolFn::average, huge}, tensors(tensor({1, 3, 1}, {1, 2, 6})), {}};
  EXPECT_THAT(elements(run_kernel(pool, node)), ElementsAre(3, 3, 3));
}

TEST(OwnPoolVerdict, RefusesByName) {
  const std::vector<Window> windows(4, Window{1});
  const NodeCase deep = {
      Pool{PoolFn::max, windows}, tensors(Tensor(DType::float32, Dims(6, 1))), {}};
  EXPECT_EQ(verdict(pool, deep).reason(), "own pool takes up to 3 spatial axes, got 4");
  const NodeCase bytes = {
      Pool{PoolFn::max, {Window{1}}}, tensors(Tensor(DType::uint8, {1, 1, 1})), {}};
  EXPECT_EQ(verdict(pool, bytes).reason(),
            "own pool computes on float32, float16 or bfloat16, got uint8");
}

TEST(OwnPackedPool, MatchesTheReference) {
  compare_random_own(packed_pool, [](Random& random) {
    const Slide slide = random_slide(random, 4 * random.size(1, 3), true);
    const PoolFn fn = random.one_of({PoolFn::max, PoolFn::average});
    return NodeCase{Pool{fn, slide.windows}, tensors(random.tensor(slide.input)), {}};
  });
}

TEST(OwnPackedPoolVerdict, RefusesByName) {
  const NodeCase odd = {
      Pool{PoolFn::max, {Window{1}}}, tensors(Tensor(DType::float32, {1, 1, 6})), {}};
  EXPECT_EQ(verdict(packed_pool, odd).reason(),
            "own packed pool wants a multiple of 4 channels, got 6");
  const NodeCase wide = {
      Pool{PoolFn::max, {Window{65}}}, tensors(Tensor(DType::float32, {1, 65, 4})), {}};
  EXPECT_EQ(verdict(packed_pool, wide).reason(),
            "own packed pool takes windows of up to 64 cells, got 65");
}

TEST(OwnPackedDepthwise, MatchesTheReference) {
  compare_random_own(packed_depthwise, [](Random& random) {
    while (true) {
      NodeCase node = random_conv(random, 4 * random.size(1, 3), 1, 1);
      if (std::get<Conv>(node.op).windows.size() < 3) return node;
    }
  });
}

/// What a clamp makes of NaN and of what lies beyond its bounds.
void expect_clamp_keeps_nan(const KernelEntry& entry) {
  const Conv conv = {{Window{1}}, 4, {}, {0, 6}};
  const NodeCase node = {
      conv,
      tensors(tensor({1, 2, 4}, {nan, -1, 7, 2, -cuda::infinity, cuda::infinity, -0.0F, 6}),
              tensor({1, 1, 4}, {1, 1, 1, 1})),
      {}};
  expect_own_matches_reference(entry, node);
  const auto got = elements(run_kernel(entry, node));
  EXPECT_TRUE(std::isnan(got[0]));
  EXPECT_THAT(std::vector<float>(got.begin() + 1, got.end()), ElementsAre(0, 6, 2, 0, 6, 0, 6));
}

TEST(OwnPackedDepthwise, ClampsItsInputAndKeepsNan) { expect_clamp_keeps_nan(packed_depthwise); }
TEST(OwnDepthwiseConv, ClampsItsInputAndKeepsNan) { expect_clamp_keeps_nan(depthwise); }

TEST(OwnPackedDepthwiseVerdict, RefusesByName) {
  const auto node = [](std::int64_t groups, std::int64_t channels, std::int64_t out) {
    return NodeCase{Conv{{Window{1}}, groups, {}},
                    tensors(Tensor(DType::float32, {1, 3, channels}),
                            Tensor(DType::float32, {1, channels / groups, out})),
                    {}};
  };
  EXPECT_EQ(verdict(packed_depthwise, node(2, 4, 4)).reason(),
            "own packed depthwise wants a group and an output channel for each of 4 channels, got "
            "2 groups and 4 output channels");
  const NodeCase deep = {
      Conv{std::vector<Window>(3), 4, {}},
      tensors(Tensor(DType::float32, {1, 2, 2, 2, 4}), Tensor(DType::float32, {1, 1, 1, 1, 4})),
      {}};
  EXPECT_EQ(verdict(packed_depthwise, deep).reason(),
            "own packed depthwise takes 1 or 2 spatial axes, got 3");
  EXPECT_EQ(verdict(packed_depthwise, node(6, 6, 6)).reason(),
            "own packed depthwise wants a multiple of 4 channels, got 6");
}

TEST(OwnAdaptivePool, MatchesTheReferenceInOneToThreeAxes) {
  compare_random_own(adaptive_pool, random_adaptive_pool);
}

TEST(OwnAdaptivePool, NanWinsTheMaximumWhereverItStands) {
  const NodeCase node = {
      AdaptivePool{PoolFn::max, {2}}, tensors(tensor({1, 4, 1}, {nan, 1, 2, nan})), {}};
  expect_own_matches_reference(adaptive_pool, node);
}

TEST(OwnAdaptivePoolVerdict, RefusesByName) {
  const NodeCase deep = {
      AdaptivePool{PoolFn::max, {1, 1, 1, 1}}, tensors(Tensor(DType::float32, Dims(6, 1))), {}};
  EXPECT_EQ(verdict(adaptive_pool, deep).reason(),
            "own adaptive pool takes up to 3 spatial axes, got 4");
}

TEST(OwnDepthwiseConv, MatchesTheReference) {
  compare_random_own(depthwise, [](Random& random) {
    return random_conv(random, random.size(1, 9), 1, random.size(1, 3));
  });
}

TEST(OwnDepthwiseConv, KeepsNan) {
  const NodeCase node = {Conv{{Window{1}}, 1, relu()},
                         tensors(tensor({1, 2, 1}, {nan, 2}), tensor({1, 1, 1}, {3})),
                         {}};
  expect_own_matches_reference(depthwise, node);
}

TEST(OwnDepthwiseConvVerdict, RefusesOtherGroups) {
  const NodeCase node = {
      Conv{{Window{1}}, 2, {}},
      tensors(Tensor(DType::float32, {1, 3, 4}), Tensor(DType::float32, {1, 2, 4})),
      {}};
  EXPECT_EQ(verdict(depthwise, node).reason(),
            "own depthwise conv wants a group for each of 4 channels, got 2");
}

TEST(OwnDirectConv, MatchesTheReferenceWithAnyGroups) {
  compare_random_own(direct, [](Random& random) {
    return random_conv(random, random.size(1, 3), random.size(1, 5), random.size(1, 4));
  });
}

TEST(OwnDirectConv, LongSumsStayExact) {
  Random random(13);
  const NodeCase node = {Conv{{Window{3}, Window{3}}, 1, {}},
                         tensors(random.tensor({1, 4, 4, 512}), random.tensor({3, 3, 512, 2})),
                         {}};
  const Tensor want = reference_result(node);
  expect_close(run_kernel(direct, node), want, 1e-6F, 512 * 9 / 10);
}

TEST(OwnDirectConvVerdict, RefusesLargeProblems) {
  const NodeCase node = {
      Conv{{Window{3}, Window{3}}, 1, {}},
      tensors(Tensor(DType::float32, {1, 130, 130, 128}), Tensor(DType::float32, {3, 3, 128, 64})),
      {}};
  EXPECT_EQ(verdict(direct, node).reason(),
            "own direct conv takes up to 1073741824 multiplications, got 1207959552");
}

TEST(OwnConvTranspose, MatchesTheReferenceInOneToThreeAxes) {
  compare_random_own(conv_transpose, random_conv_transpose);
}

TEST(OwnConvTranspose, ReadsAKernelThatIsNoWeightAsItIsStored) {
  compare_random_own(conv_transpose, [](Random& random) {
    NodeCase node = random_conv_transpose(random);
    node.constant.clear();
    return node;
  });
}

TEST(OwnConvTranspose, GivesTheBiasToCellsThatNothingReaches) {
  Window window = {1, 3};
  window.pad_after = -2;
  const NodeCase node = {
      ConvTranspose{{window}, {}},
      tensors(tensor({1, 2, 1}, {1, 2}), tensor({1, 1, 1}, {10}), tensor({1}, {0.5F})),
      {false, true, true}};
  EXPECT_THAT(elements(run_kernel(conv_transpose, node)),
              ElementsAre(10.5F, 0.5F, 0.5F, 20.5F, 0.5F, 0.5F));
}

TEST(OwnConvTransposeVerdict, RefusesByName) {
  const std::vector<Window> windows(4, Window{1});
  const NodeCase deep = {
      ConvTranspose{windows, {}},
      tensors(Tensor(DType::float32, Dims(6, 1)), Tensor(DType::float32, Dims(6, 1))),
      {}};
  EXPECT_EQ(verdict(conv_transpose, deep).reason(),
            "own transposed conv takes up to 3 spatial axes, got 4");
}

}  // namespace
}  // namespace keraunos::testing
