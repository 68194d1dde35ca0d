#include <gmock/gmock.h>

#include "kernels/cuda/own/resize_body.hpp"
#include "tests/cuda/own_host.hpp"

namespace keraunos::testing {
namespace {

constexpr KernelEntry resize = host_entry<cuda::accepts_resize, cuda::make_resize_body>;

TEST(OwnResize, MatchesTheReferenceInEveryMode) {
  compare_random_own(resize, [](Random& random) {
    Resize op;
    op.height = random.size(1, 24);
    op.width = random.size(1, 24);
    op.interpolation = random.one_of({Interpolation::nearest, Interpolation::bilinear});
    op.antialias = random.coin();
    op.aspect_ratio = random.one_of({AspectRatio::stretch, AspectRatio::pad});
    op.fill_value = random.value(-1, 1);
    const Dims dims = {random.size(1, 2), random.size(1, 24), random.size(1, 24),
                       random.size(1, 3)};
    return NodeCase{op, tensors(random.tensor(dims)), {}};
  });
}

TEST(OwnResize, MatchesTheReferenceWithCrops) {
  compare_random_own(resize, [](Random& random) {
    Resize op;
    op.height = random.size(4, 12);
    op.width = random.size(4, 12);
    op.antialias = random.coin();
    op.aspect_ratio = AspectRatio::crop;
    const Dims dims = {1, random.size(8, 24), random.size(8, 24), 2};
    return NodeCase{op, tensors(random.tensor(dims)), {}};
  });
}

TEST(OwnResize, MatchesTheReferenceAtLargeSizes) {
  Random random(14);
  for (const bool antialias : {false, true}) {
    for (const Interpolation mode : {Interpolation::nearest, Interpolation::bilinear}) {
      const Resize op = {7, 333, mode, antialias, AspectRatio::stretch, 0};
      expect_own_matches_reference(resize, {op, tensors(random.tensor({1, 2, 5000, 1})), {}});
    }
  }
}

TEST(OwnResize, CopiesExactlyWhereSizesAgree) {
  Random random(15);
  for (const bool antialias : {false, true}) {
    const Resize op = {5, 6, Interpolation::bilinear, antialias, AspectRatio::stretch, 0};
    const NodeCase node = {op, tensors(random.tensor({1, 5, 6, 2})), {}};
    expect_close(run_kernel(resize, node), node.inputs[0], 0);
  }
}

TEST(OwnResize, KeepsNanToTheCellsThatSeeIt) {
  const Resize op = {1, 4, Interpolation::bilinear, false, AspectRatio::stretch, 0};
  const NodeCase node = {op, tensors(tensor({1, 1, 2, 1}, {nan, 1})), {}};
  expect_own_matches_reference(resize, node);
}

TEST(OwnResizeVerdict, RefusesByName) {
  const Resize wide = {1, 1 << 25, Interpolation::nearest, false, AspectRatio::stretch, 0};
  EXPECT_EQ(verdict(resize, {wide, tensors(Tensor(DType::float32, {1, 1, 1, 1})), {}}).reason(),
            "own resize takes up to 16777216 rows and columns, got 33554432");
  const Resize stretch = {1, 1, Interpolation::bilinear, false, AspectRatio::stretch, 0};
  EXPECT_EQ(verdict(resize, {stretch, tensors(Tensor(DType::uint8, {1, 4, 4, 1})), {}}).reason(),
            "own resize computes on float32, float16 or bfloat16, got uint8");
}

}  // namespace
}  // namespace keraunos::testing
