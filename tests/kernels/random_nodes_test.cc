#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tests/support/kernel_harness.hpp"

// Every CPU kernel against the reference, over random shapes and attributes.

namespace keraunos::testing {
namespace {

using ::testing::IsSupersetOf;

/// Few channels, or enough to fill vectors with some left over.
std::int64_t random_channels(Random& random) {
  return random.coin() ? random.size(1, 5) : random.size(6, 40);
}

Dims random_dims(Random& random, std::int64_t max_rank, std::int64_t max_size) {
  Dims dims(static_cast<std::size_t>(random.size(1, max_rank)));
  for (std::int64_t& size : dims) size = random.size(1, max_size);
  return dims;
}

std::vector<std::size_t> random_axes(Random& random, std::size_t rank) {
  std::vector<std::size_t> axes;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (random.coin()) axes.push_back(axis);
  }
  if (axes.empty())
    axes.push_back(static_cast<std::size_t>(random.size(0, static_cast<std::int64_t>(rank) - 1)));
  return axes;
}

Unary random_unary(Random& random) {
  Unary unary;
  unary.fn = static_cast<UnaryFn>(random.size(0, static_cast<std::int64_t>(activation_count) - 1));
  unary.alpha = random.value(0.1F, 1.5F);
  unary.beta = random.value(0.1F, 1.5F);
  if (unary.fn != UnaryFn::relu) return unary;
  if (random.coin()) return relu();
  if (random.coin()) unary.alpha = 0;
  if (random.coin()) unary.beta = std::numeric_limits<float>::infinity();
  unary.gamma = random.coin() ? 0 : random.value(-1, 1);
  return unary;
}

/// A window that fits on an axis of `input` cells at least once.
Window random_window(Random& random, std::int64_t input, bool dilated) {
  Window window;
  window.padding = random.one_of({Padding::explicit_, Padding::same, Padding::causal});
  window.dilation = dilated ? random.size(1, 3) : 1;
  window.size = random.size(1, 5);
  window.stride = random.size(1, 3);
  if (window.padding == Padding::explicit_) {
    if (random.coin()) window.pad_before = random.size(0, window.extent() - 1);
    if (random.coin()) window.pad_after = random.size(0, window.extent() - 1);
    if (window.extent() > input + window.pad_before + window.pad_after) window.size = 1;
  }
  return window;
}

struct SlidingCase {
  std::vector<Window> windows;
  Dims input;
};

SlidingCase random_sliding(Random& random, std::int64_t channels, bool dilated) {
  SlidingCase result;
  const std::int64_t rank = random.size(1, 3);
  result.input = {random.size(1, 3)};
  for (std::int64_t i = 0; i < rank; ++i) {
    result.input.push_back(random.size(1, rank == 3 ? 7 : 20));
    result.windows.push_back(random_window(random, result.input.back(), dilated));
  }
  result.input.push_back(channels);
  return result;
}

NodeCase conv_case(Random& random, const SlidingCase& sliding, std::int64_t groups,
                   std::int64_t out_channels) {
  Dims kernel;
  for (const Window& window : sliding.windows) kernel.push_back(window.size);
  kernel.push_back(sliding.input.back() / groups);
  kernel.push_back(out_channels);
  NodeCase node = {Conv{sliding.windows, groups, random.coin() ? random_unary(random) : relu()},
                   {},
                   {false, true, true}};
  node.inputs.push_back(random.tensor(sliding.input));
  node.inputs.push_back(random.tensor(kernel, -0.3F, 0.3F));
  if (random.coin()) node.inputs.push_back(random.tensor({out_channels}));
  return node;
}

TEST(CpuKernels, ConvMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    return conv_case(random, random_sliding(random, random_channels(random), true), 1,
                     random_channels(random));
  });
  EXPECT_THAT(names, IsSupersetOf({"own conv"}));
}

TEST(CpuKernels, GroupedConvMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const std::int64_t groups = random.size(2, 4);
    const std::int64_t in = groups * random.size(1, 9);
    return conv_case(random, random_sliding(random, in, true), groups, groups * random.size(1, 20));
  });
  EXPECT_THAT(names, IsSupersetOf({"own conv"}));
}

TEST(CpuKernels, DepthwiseConvMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const std::int64_t channels = random_channels(random);
    const std::int64_t multiplier = random.one_of<std::int64_t>({1, 1, 1, 2, 3});
    return conv_case(random, random_sliding(random, channels, true), channels,
                     channels * multiplier);
  });
  EXPECT_THAT(names, IsSupersetOf({"own depthwise conv"}));
}

TEST(CpuKernels, MatMulMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    Dims input = random_dims(random, 3, 9);
    const std::int64_t rows = random.size(1, 200);
    const std::int64_t columns = random.size(1, 100);
    input.push_back(rows);
    NodeCase node = {MatMul{random_unary(random)}, {}, {false, true, true}};
    node.inputs.push_back(random.tensor(input));
    node.inputs.push_back(random.tensor({rows, columns}, -0.3F, 0.3F));
    if (random.coin()) node.inputs.push_back(random.tensor({columns}));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own matmul"}));
}

TEST(CpuKernels, PoolMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const SlidingCase sliding = random_sliding(random, random_channels(random), false);
    NodeCase node = {Pool{random.one_of({PoolFn::max, PoolFn::average}), sliding.windows}, {}, {}};
    node.inputs.push_back(random.tensor(sliding.input));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own pool"}));
}

TEST(CpuKernels, ReduceMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const Dims dims = random_dims(random, 4, 12);
    NodeCase node = {Reduce{random.one_of({ReduceFn::mean, ReduceFn::max, ReduceFn::min}),
                            random_axes(random, dims.size()), random.coin()},
                     {},
                     {}};
    node.inputs.push_back(random.tensor(dims));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own reduce"}));
}

TEST(CpuKernels, UnaryMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    NodeCase node = {random_unary(random), {}, {false}};
    const float reach = random.one_of({0.01F, 1.0F, 10.0F, 100.0F});
    node.inputs.push_back(random.tensor({random.size(1, 300)}, -reach, reach));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own unary"}));
}

TEST(CpuKernels, BinaryMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const Dims output = random_dims(random, 4, 9);
    const auto repeated = [&] {
      Dims dims = output;
      for (std::int64_t& size : dims) size = random.size(0, 2) == 0 ? 1 : size;
      dims.erase(dims.begin(),
                 dims.begin() + random.size(0, static_cast<std::int64_t>(dims.size())));
      return dims;
    };
    NodeCase node = {
        Binary{random.one_of({BinaryFn::add, BinaryFn::multiply, BinaryFn::subtract,
                              BinaryFn::divide, BinaryFn::maximum, BinaryFn::minimum})},
        {},
        {}};
    const bool first_is_full = random.coin();
    node.inputs.push_back(random.tensor(first_is_full ? output : repeated()));
    node.inputs.push_back(random.tensor(first_is_full && random.coin() ? output : repeated()));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own binary"}));
}

TEST(CpuKernels, AffineMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const Dims dims = random_dims(random, 4, 20);
    const auto axis = static_cast<std::size_t>(
        random.coin() ? static_cast<std::int64_t>(dims.size()) - 1
                      : random.size(0, static_cast<std::int64_t>(dims.size()) - 1));
    NodeCase node = {Affine{axis}, {}, {false, true, true}};
    node.inputs.push_back(random.tensor(dims));
    node.inputs.push_back(random.tensor({dims[axis]}));
    node.inputs.push_back(random.tensor({dims[axis]}));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own affine"}));
}

TEST(CpuKernels, SoftmaxMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const Dims dims = random_dims(random, 4, 20);
    const SoftmaxFn fn =
        random.one_of({SoftmaxFn::softmax, SoftmaxFn::log_softmax, SoftmaxFn::sparsemax});
    std::vector<std::size_t> axes = random_axes(random, dims.size());
    if (fn == SoftmaxFn::sparsemax) axes.resize(1);
    NodeCase node = {Softmax{fn, axes}, {}, {}};
    node.inputs.push_back(random.tensor(dims, -20, 20));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own softmax"}));
}

TEST(CpuKernels, ResizeMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    Resize resize;
    resize.height = random.size(1, 20);
    resize.width = random.size(1, 20);
    resize.interpolation =
        random.one_of({Interpolation::nearest, Interpolation::bilinear, Interpolation::bicubic,
                       Interpolation::lanczos3, Interpolation::lanczos5});
    resize.antialias = random.coin();
    resize.aspect_ratio =
        random.one_of({AspectRatio::stretch, AspectRatio::crop, AspectRatio::pad});
    resize.fill_value = random.value(-1, 1);
    NodeCase node = {resize, {}, {}};
    // Sides within a factor of 20 of each other: a crop always leaves a cell.
    node.inputs.push_back(random.tensor(
        {random.size(1, 2), random.size(20, 40), random.size(20, 40), random_channels(random)}));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own resize"}));
}

TEST(CpuKernels, PadMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    const Dims dims = random_dims(random, 4, 8);
    Pad pad;
    for (std::size_t i = 0; i < dims.size(); ++i) {
      pad.amounts.push_back(random.coin() ? PadAmounts{}
                                          : PadAmounts{random.size(0, 3), random.size(0, 3)});
    }
    pad.value = random.coin() ? 0 : random.value(-1, 1);
    NodeCase node = {pad, {}, {}};
    node.inputs.push_back(random.tensor(dims));
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own pad"}));
}

TEST(CpuKernels, ConcatMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    Dims dims = random_dims(random, 4, 8);
    const auto axis =
        static_cast<std::size_t>(random.size(0, static_cast<std::int64_t>(dims.size()) - 1));
    NodeCase node = {Concat{axis}, {}, {}};
    for (std::int64_t i = random.size(2, 4); i > 0; --i) {
      dims[axis] = random.size(0, 6);
      if (i == 1) dims[axis] += 1;
      node.inputs.push_back(random.tensor(dims));
    }
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own concat"}));
}

TEST(CpuKernels, TransposeMatchesTheReference) {
  const auto names = compare_random_nodes([](Random& random) {
    Transpose transpose;
    const Dims dims = random_dims(random, 5, random.coin() ? 4 : 20);
    transpose.permutation.resize(dims.size());
    std::iota(transpose.permutation.begin(), transpose.permutation.end(), 0);
    for (std::size_t i = transpose.permutation.size(); i > 1; --i) {
      std::swap(transpose.permutation[i - 1],
                transpose.permutation[static_cast<std::size_t>(
                    random.size(0, static_cast<std::int64_t>(i) - 1))]);
    }
    NodeCase node = {transpose, {}, {}};
    if (random.coin()) {
      node.inputs.push_back(random.tensor(dims));
    } else {
      node.inputs.push_back(random.tensor(dims, 0, 200).cast(DType::uint8));
    }
    return node;
  });
  EXPECT_THAT(names, IsSupersetOf({"own transpose"}));
}

}  // namespace
}  // namespace keraunos::testing
