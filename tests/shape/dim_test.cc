#include "runtime/shape/dim.hpp"

#include <gtest/gtest.h>

#include <random>

#include "keraunos/error.hpp"
#include "runtime/base/checked.hpp"
#include "runtime/shape/shape.hpp"
#include "runtime/shape/window.hpp"

namespace keraunos {
namespace {

const Dim batch = Dim::symbol("batch");
const Dim height = Dim::symbol("height");
const Dim width = Dim::symbol("width");

TEST(Dim, PrintsAsAPersonWrites) {
  const Window conv{.size = 3};
  const Window pool{.size = 2, .stride = 2};
  const Dim h = output_size(pool, output_size(conv, height));
  const Dim w = output_size(pool, output_size(conv, width));
  EXPECT_EQ(h.to_string(), "(height-2)//2");
  EXPECT_EQ((h * w * Dim(32)).to_string(), "((height-2)//2)*((width-2)//2)*32");
  EXPECT_EQ((height - Dim(2)).to_string(), "height-2");
  EXPECT_EQ(((height - Dim(2)) * Dim(32)).to_string(), "(height-2)*32");
  EXPECT_EQ(ceil_div(height, 2).to_string(), "(height+1)//2");
  EXPECT_EQ(floor_div(height, 4).to_string(), "height//4");
  EXPECT_EQ((height + width).to_string(), "height+width");
  EXPECT_EQ((Dim(0) - height).to_string(), "-height");
  EXPECT_EQ(Dim(5408).to_string(), "5408");
  EXPECT_EQ(max(height, width).to_string(), "max(height, width)");
}

TEST(Dim, EqualFormulasCompareEqual) {
  EXPECT_EQ(height + width, width + height);
  EXPECT_EQ(height * width * Dim(4), Dim(2) * width * (Dim(2) * height));
  EXPECT_EQ(height - height, Dim(0));
  EXPECT_EQ(floor_div(floor_div(height, 2), 3), floor_div(height, 6));
  EXPECT_EQ(floor_div(height - Dim(4), 2) + Dim(1), floor_div(height - Dim(2), 2));
  EXPECT_EQ(floor_div(height * Dim(6) + Dim(9), 3), height * Dim(2) + Dim(3));
  EXPECT_EQ(floor_div(height * Dim(2) + Dim(3), 4), floor_div(height + Dim(1), 2));
  EXPECT_EQ((batch * (height - Dim(2))) * Dim(32), batch * ((height - Dim(2)) * Dim(32)));
  EXPECT_EQ(max(Dim(3), Dim(5)), Dim(5));
  EXPECT_FALSE(height == width);
}

TEST(Dim, UnknownSymbolIsAnErrorThatNamesIt) {
  try {
    (height + Dim(1)).evaluate({{"width", 3}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "no size is known for the dimension 'height'");
  }
}

TEST(Dim, OverflowIsAnError) {
  const Dim huge = height * Dim(std::int64_t{1} << 62);
  EXPECT_THROW(huge.evaluate({{"height", 4}}), Error);
  EXPECT_THROW(huge * Dim(4), Error);
}

TEST(Dim, EndlessFormulasAreRefused) {
  Dim dim = height;
  const auto grow = [&] {
    for (int i = 0; i < 10000; ++i) dim = floor_div(max(dim, width + Dim(i)), 2) * Dim(3);
  };
  EXPECT_THROW(grow(), Error);
}

// Builds a random formula and, beside it, computes its value the plain way.
TEST(Dim, SimplificationNeverChangesTheValue) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  for (int round = 0; round < 5000; ++round) {
    const Binding binding = {{"height", pick(1, 50)}, {"width", pick(1, 50)}};
    const bool start_high = pick(0, 1) == 0;
    Dim dim = start_high ? height : width;
    std::int64_t value = binding.at(start_high ? "height" : "width");
    for (int step = 0; step < 8; ++step) {
      const std::int64_t number = pick(1, 5);
      switch (pick(0, 6)) {
        case 0:
          dim = dim + Dim(number);
          value += number;
          break;
        case 1:
          dim = dim - Dim(number);
          value -= number;
          break;
        case 2:
          dim = dim * Dim(number);
          value *= number;
          break;
        case 3:
          dim = floor_div(dim, number);
          value = floor_div(value, number);
          break;
        case 4:
          dim = ceil_div(dim, number);
          value = ceil_div(value, number);
          break;
        case 5:
          dim = dim * width;
          value *= binding.at("width");
          break;
        default:
          dim = max(dim, height);
          value = std::max(value, binding.at("height"));
          break;
      }
      ASSERT_EQ(dim.evaluate(binding), value) << dim.to_string();
    }
  }
}

TEST(Shape, PrintsAsKerasWithNone) {
  const Shape shape = {batch, height - Dim(2), Dim(13), Dim(32)};
  EXPECT_EQ(to_keras_string(shape), "(None, None, 13, 32)");
  EXPECT_EQ(to_string(shape), "(batch, height-2, 13, 32)");
  EXPECT_EQ(to_string(Shape{Dim(5)}), "(5,)");
}

TEST(Shape, NegativeAxesCountFromTheEnd) {
  EXPECT_EQ(normalize_axis(-1, 4), 3U);
  EXPECT_EQ(normalize_axis(1, 4), 1U);
  EXPECT_THROW(normalize_axis(4, 4), Error);
  EXPECT_THROW(normalize_axis(-5, 4), Error);
}

TEST(Window, SamePutsTheOddCellAtTheEnd) {
  const Window window{.size = 3, .stride = 2, .padding = Padding::same};
  EXPECT_EQ(pad_amounts(window, 8).before, 0);
  EXPECT_EQ(pad_amounts(window, 8).after, 1);
  EXPECT_EQ(pad_amounts(window, 7).before, 1);
  EXPECT_EQ(pad_amounts(window, 7).after, 1);
  EXPECT_EQ(output_size(window, Dim(8)), Dim(4));
  EXPECT_EQ(output_size(window, Dim(7)), Dim(4));
}

TEST(Window, CausalPadsBeforeOnly) {
  const Window window{.size = 3, .dilation = 2, .padding = Padding::causal};
  EXPECT_EQ(pad_amounts(window, 10).before, 4);
  EXPECT_EQ(pad_amounts(window, 10).after, 0);
  EXPECT_EQ(output_size(window, Dim(10)), Dim(10));
}

TEST(Window, ValidCountsWholeWindowsOnly) {
  EXPECT_EQ(output_size(Window{.size = 2, .stride = 2}, Dim(13)), Dim(6));
  EXPECT_EQ(output_size(Window{.size = 3, .dilation = 2}, Dim(9)), Dim(5));
  EXPECT_EQ(output_size(Window{.size = 3}, height), height - Dim(2));
}

}  // namespace
}  // namespace keraunos
