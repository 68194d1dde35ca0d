#include "tests/gpu/cases.hpp"

// Windows that slide: convolutions, pooling, resizing.

namespace keraunos::gpu_check {
namespace {

/// With `before` and `after` cells cut from the full result of a transposed convolution.
Window cut(std::int64_t size, std::int64_t stride, std::int64_t before = 0, std::int64_t after = 0,
           std::int64_t dilation = 1) {
  return {size, stride, dilation, Padding::explicit_, before, after};
}

void add_convolutions(Cases& cases) {
  cases.conv("1x1", {2, 9, 7, 16}, {valid(1), valid(1)}, 24);
  cases.conv("3x3 valid relu", {2, 9, 7, 16}, {valid(3), valid(3)}, 24, 1, relu());
  cases.conv("3x3 same", {2, 9, 7, 16}, {same(3), same(3)}, 24);
  cases.conv("3x3/2 same, asymmetric", {2, 8, 10, 16}, {same(3, 2), same(3, 2)}, 24, 1, relu());
  cases.conv("no bias", {2, 9, 7, 16}, {same(3), same(3)}, 24, 1, {}, false);
  cases.conv("no bias relu", {2, 9, 7, 16}, {same(3), same(3)}, 24, 1, relu(), false);
  cases.conv("odd channels", {3, 11, 5, 3}, {same(5), same(3)}, 7, 1, relu());
  cases.conv("one channel", {1, 28, 28, 1}, {valid(3), valid(3)}, 32, 1, relu());
  cases.conv("dilated", {2, 12, 12, 8}, {same(3, 1, 2), same(3, 1, 2)}, 8);
  cases.conv("groups", {2, 8, 8, 16}, {same(3), same(3)}, 32, 4, relu());
  cases.conv("sigmoid", {2, 8, 8, 16}, {same(3), same(3)}, 16, 1, fn(UnaryFn::sigmoid));
  cases.conv("silu", {2, 8, 8, 16}, {same(3), same(3)}, 16, 1, fn(UnaryFn::silu));
  cases.conv("relu6", {2, 8, 8, 16}, {same(3), same(3)}, 16, 1, {UnaryFn::relu, 0, 6, 0});
  cases.conv("1-D causal", {2, 20, 8}, {{3, 1, 2, Padding::causal, 0, 0}}, 12);
  cases.conv("1-D/2 same", {2, 21, 8}, {same(4, 2)}, 12, 1, fn(UnaryFn::tanh));
  cases.conv("3-D", {1, 6, 7, 8, 4}, {same(3), same(3), same(3)}, 6, 1, relu());
  cases.conv("wide padding", {1, 7, 7, 8}, {{3, 1, 1, Padding::explicit_, 2, 1}, same(3)}, 8);
  cases.conv("depthwise 3x3", {2, 14, 14, 32}, {same(3), same(3)}, 32, 32, relu());
  cases.conv("depthwise 5x5/2", {2, 15, 14, 24}, {same(5, 2), same(5, 2)}, 24, 24);
  cases.conv("depthwise, multiplier 2", {2, 9, 9, 12}, {valid(3), valid(3)}, 24, 12,
             fn(UnaryFn::silu));
  cases.conv("large 3x3", {8, 56, 56, 64}, {same(3), same(3)}, 64, 1, relu()).small = false;
  cases.conv("large 1x1", {8, 28, 28, 256}, {valid(1), valid(1)}, 128, 1, relu()).small = false;
  cases.conv("large depthwise", {8, 56, 56, 144}, {same(3), same(3)}, 144, 144).small = false;
}

/// Bounds as of relu6, and such that a padding of zeros lies outside.
void add_clamping_convolutions(Cases& cases) {
  for (const Clamp clamp : {Clamp{0, 6}, Clamp{0.25F, 0.5F}}) {
    const auto add = [&](const char* label, const Dims& input, std::vector<Window> windows,
                         std::int64_t multiplier) {
      NodeCase& node = cases.conv(fmt::format("{} of [{}, {}]", label, clamp.low, clamp.high),
                                  input, std::move(windows), input.back() * multiplier,
                                  input.back(), {UnaryFn::relu, 0, 6, 0});
      std::get<Conv>(node.op).input_clamp = clamp;
      for (float& element : node.inputs[0].as<float>()) element *= 9;
      return &node;
    };
    add("depthwise 3x3", {2, 14, 14, 32}, {same(3), same(3)}, 1);
    add("depthwise 5x5/2", {2, 15, 14, 24}, {same(5, 2), same(5, 2)}, 1);
    add("depthwise, odd channels", {2, 9, 7, 13}, {same(3, 2), same(3, 2)}, 1);
    add("depthwise, dilated", {2, 12, 12, 8}, {same(3, 1, 2), same(3, 1, 2)}, 1);
    add("depthwise, multiplier 3", {2, 9, 9, 12}, {same(3), valid(3)}, 3);
    add("depthwise 1-D", {2, 20, 8}, {same(3, 2)}, 1);
    add("depthwise 3-D", {1, 6, 5, 4, 4}, {same(3), same(2), same(3)}, 1);
    NodeCase& with_nan = *add("depthwise of NaN", {1, 5, 4, 8}, {same(3), same(3)}, 1);
    with_nan.inputs[0].as<float>()[9] = nan;
    with_nan.holds_nan = true;
  }
}

void add_transposed_convolutions(Cases& cases) {
  cases.conv_transpose("2x2/2", {2, 7, 5, 16}, {cut(2, 2), cut(2, 2)}, 8, relu());
  cases.conv_transpose("3x3/2 same", {2, 7, 5, 16}, {cut(3, 2, 0, 1), cut(3, 2, 0, 1)}, 8);
  cases.conv_transpose("4x4/2 same", {2, 8, 8, 12}, {cut(4, 2, 1, 1), cut(4, 2, 1, 1)}, 6,
                       fn(UnaryFn::tanh));
  cases.conv_transpose("stride 1", {1, 6, 6, 8}, {cut(3, 1, 1, 1), cut(5, 1, 2, 2)}, 4);
  cases.conv_transpose("gaps", {1, 4, 5, 3}, {cut(1, 3), cut(2, 3)}, 5, relu());
  cases.conv_transpose("cells behind the end", {1, 4, 5, 4}, {cut(2, 3, 0, -2), cut(3, 2, 1, -1)},
                       4);
  cases.conv_transpose("dilated", {1, 5, 5, 4}, {cut(3, 1, 0, 0, 2), cut(3, 1, 1, 1, 2)}, 4);
  cases.conv_transpose("no bias", {2, 4, 4, 8}, {cut(3, 2), cut(3, 2)}, 8, relu(), false);
  cases.conv_transpose("1-D", {2, 11, 6}, {cut(4, 2, 1, 1)}, 10);
  cases.conv_transpose("3-D", {1, 3, 4, 5, 4}, {cut(2, 2), cut(3, 2), cut(2, 1)}, 6, relu());
  cases.conv_transpose("large", {8, 28, 28, 128}, {cut(3, 2, 0, 1), cut(3, 2, 0, 1)}, 64).small =
      false;
}

void add_pooling(Cases& cases) {
  for (const PoolFn pool : {PoolFn::max, PoolFn::average}) {
    const char* name = pool == PoolFn::max ? "max" : "average";
    const auto add = [&](const char* label, const Dims& dims, std::vector<Window> windows) {
      return &cases.add(fmt::format("{} {}", name, label), Pool{pool, std::move(windows)},
                        cases.random(dims));
    };
    add("2x2/2", {2, 12, 10, 8}, {valid(2, 2), valid(2, 2)});
    add("3x3/2 same", {2, 12, 10, 8}, {same(3, 2), same(3, 2)});
    add("2x3/1 same, odd channels", {3, 7, 9, 5}, {same(2), same(3)});
    add("1-D", {2, 15, 6}, {same(4, 3)});
    add("3-D", {1, 6, 6, 6, 4}, {valid(2, 2), valid(2, 2), same(3, 2)});
    add("large", {8, 112, 112, 64}, {same(3, 2), same(3, 2)})->small = false;
  }
  for (const PoolFn pool : {PoolFn::max, PoolFn::average}) {
    const auto add = [&](const Dims& dims, std::vector<std::int64_t> sizes) {
      const AdaptivePool op = {pool, std::move(sizes)};
      return &cases.add(op.describe(), op, cases.random(dims));
    };
    add({2, 15, 6}, {4});
    add({2, 9, 7, 8}, {3, 7});
    add({1, 3, 4, 5, 3}, {5, 2, 2});
    add({8, 56, 56, 64}, {7, 7})->small = false;
  }
  Tensor with_nan = cases.random({1, 4, 4, 2});
  with_nan.as<float>()[9] = nan;
  cases.add("max of NaN", Pool{PoolFn::max, {valid(2, 2), valid(2, 2)}}, std::move(with_nan))
      .holds_nan = true;
}

void add_resizing(Cases& cases) {
  for (const Interpolation mode : {Interpolation::nearest, Interpolation::bilinear}) {
    for (const bool antialias : {false, true}) {
      for (const AspectRatio ratio : {AspectRatio::stretch, AspectRatio::crop, AspectRatio::pad}) {
        const Resize up = {17, 16, mode, antialias, ratio, 0.5F};
        const Resize down = {6, 5, mode, antialias, ratio, 0.5F};
        cases.add(up.describe(), up, cases.random({2, 9, 12, 3}));
        cases.add(down.describe(), down, cases.random({2, 19, 23, 3}));
      }
    }
  }
}

}  // namespace

void add_windows(Cases& cases) {
  add_convolutions(cases);
  add_clamping_convolutions(cases);
  add_transposed_convolutions(cases);
  add_pooling(cases);
  add_resizing(cases);
}

}  // namespace keraunos::gpu_check
