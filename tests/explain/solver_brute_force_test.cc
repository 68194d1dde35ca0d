#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>

#include "runtime/shape/demands.hpp"
#include "runtime/shape/solver.hpp"
#include "runtime/shape/window.hpp"

// The sizes that the solver returns are exactly those that run: thousands of random stacks of
// windows, each tried at every size with windows that are placed one by one.

namespace keraunos {
namespace {

constexpr std::int64_t largest = 4096;  // what is tried here

struct Stack {
  std::vector<Window> windows;
  std::int64_t channels = 1;
};

using Random = std::mt19937;

std::int64_t pick(Random& random, std::int64_t least, std::int64_t most) {
  return std::uniform_int_distribution<std::int64_t>(least, most)(random);
}

Window random_window(Random& random) {
  Window window;
  window.size = pick(random, 1, 7);
  window.stride = pick(random, 1, 3);
  if (window.stride == 1) window.dilation = pick(random, 1, 3);
  switch (pick(random, 0, 3)) {
    case 0: window.padding = Padding::same; break;
    case 1:
      window.pad_before = pick(random, 0, 3);
      window.pad_after = pick(random, 0, 3);
      break;
    default: break;  // valid
  }
  return window;
}

Stack random_stack(Random& random) {
  Stack stack;
  const std::int64_t depth = pick(random, 1, 5);
  for (std::int64_t i = 0; i < depth; ++i) stack.windows.push_back(random_window(random));
  stack.channels = pick(random, 1, 8);
  return stack;
}

// Positions of a window at every size from 0 to `most`, by placing windows until one sticks out.
std::vector<std::int64_t> positions(const Window& window, std::int64_t most) {
  std::vector<std::int64_t> counts;
  std::int64_t placed = 0;
  for (std::int64_t size = 0; size <= most; ++size) {
    const auto fits = [&] {
      const std::int64_t first = placed * window.stride;
      if (window.padding == Padding::same) return first < size;
      const std::int64_t last = first + (window.size - 1) * window.dilation;
      return last < size + window.pad_before + window.pad_after;
    };
    while (fits()) ++placed;
    counts.push_back(placed);
  }
  return counts;
}

// The map's size behind the stack for every input size; 0 where it does not run.
std::vector<std::int64_t> map_sizes(const Stack& stack, std::int64_t most) {
  std::vector<std::int64_t> sizes;
  for (std::int64_t size = 0; size <= most; ++size) sizes.push_back(size);
  for (const Window& window : stack.windows) {
    const auto counts = positions(window, 3 * most);
    for (std::int64_t& size : sizes) size = size == 0 ? 0 : counts[static_cast<std::size_t>(size)];
  }
  return sizes;
}

Dim map_formula(const Stack& stack, const std::string& symbol, Demands& demands) {
  Dim size = Dim::symbol(symbol);
  for (const Window& window : stack.windows) {
    size = output_size(window, size);
    demands.positive(size, "a window fits");
  }
  return size;
}

std::set<std::int64_t> solved(const std::vector<Demand>& demands, const std::string& symbol) {
  std::set<std::int64_t> sizes;
  for (const Binding& binding : solve_backwards(demands, {{symbol, 1}}, {symbol}, 10'000)) {
    if (binding.at(symbol) <= largest) sizes.insert(binding.at(symbol));
  }
  return sizes;
}

TEST(SolverBruteForce, OneSideIntoADense) {
  Random random(1);
  for (int trial = 0; trial < 3000; ++trial) {
    const Stack stack = random_stack(random);
    const auto sizes = map_sizes(stack, largest);
    const std::int64_t rows =
        sizes[static_cast<std::size_t>(pick(random, 1, 300))] * stack.channels;
    if (rows == 0) continue;
    Demands demands;
    demands.equal(map_formula(stack, "steps", demands) * Dim(stack.channels), Dim(rows), "rows");
    std::set<std::int64_t> runs;
    for (std::int64_t size = 1; size <= largest; ++size) {
      if (sizes[static_cast<std::size_t>(size)] * stack.channels == rows) runs.insert(size);
    }
    ASSERT_EQ(solved(demands.open(), "steps"), runs) << "trial " << trial << ", rows " << rows;
  }
}

TEST(SolverBruteForce, AnySizeThatNoWindowSticksOutOf) {
  Random random(2);
  for (int trial = 0; trial < 40; ++trial) {
    const Stack stack = random_stack(random);
    const auto sizes = map_sizes(stack, largest);
    Demands demands;
    map_formula(stack, "steps", demands);
    if (demands.open().empty()) continue;
    std::set<std::int64_t> runs;
    for (std::int64_t size = 1; size <= largest; ++size) {
      if (sizes[static_cast<std::size_t>(size)] > 0) runs.insert(size);
    }
    ASSERT_EQ(solved(demands.open(), "steps"), runs) << "trial " << trial;
  }
}

TEST(SolverBruteForce, TwoSidesIntoADense) {
  constexpr std::int64_t most = 1024;  // what the solver considers for two symbols
  Random random(3);
  for (int trial = 0; trial < 12; ++trial) {
    const Stack stack = random_stack(random);
    const auto sizes = map_sizes(stack, most);
    const auto side = [&] { return sizes[static_cast<std::size_t>(pick(random, 8, 60))]; };
    const std::int64_t rows = side() * side();
    if (rows == 0) continue;
    Demands demands;
    const Dim height = map_formula(stack, "height", demands);
    const Dim width = map_formula(stack, "width", demands);
    demands.equal(height * width, Dim(rows), "rows");
    std::set<std::pair<std::int64_t, std::int64_t>> runs;
    for (std::int64_t h = 1; h <= most; ++h) {
      for (std::int64_t w = 1; w <= most; ++w) {
        const auto cells = sizes[static_cast<std::size_t>(h)] * sizes[static_cast<std::size_t>(w)];
        if (cells == rows) runs.insert({h, w});
      }
    }
    std::set<std::pair<std::int64_t, std::int64_t>> found;
    const Binding wanted = {{"height", 28}, {"width", 28}};
    for (const Binding& binding :
         solve_backwards(demands.open(), wanted, {"height", "width"}, 1'000'000)) {
      found.insert({binding.at("height"), binding.at("width")});
    }
    ASSERT_EQ(found, runs) << "trial " << trial << ", rows " << rows;
  }
}

// Pairs of sizes that no formula leads to: the nearest of all that run, in order of distance.
TEST(SolverBruteForce, TwoSidesOfAnySize) {
  constexpr std::int64_t most = 1024;
  Random random(4);
  for (int trial = 0; trial < 200; ++trial) {
    const Stack stack = random_stack(random);
    const auto sizes = map_sizes(stack, most);
    Demands demands;
    map_formula(stack, "height", demands);
    map_formula(stack, "width", demands);
    if (demands.open().empty() || sizes[150] == 0) continue;  // what is near is tried here
    const std::int64_t h = pick(random, 1, 40);
    const std::int64_t w = pick(random, 1, 40);
    std::vector<std::int64_t> distances;
    for (std::int64_t a = 1; a <= 200; ++a) {
      for (std::int64_t b = 1; b <= 200; ++b) {
        const bool runs =
            sizes[static_cast<std::size_t>(a)] > 0 && sizes[static_cast<std::size_t>(b)] > 0;
        if (runs) distances.push_back(std::abs(a - h) + std::abs(b - w));
      }
    }
    std::sort(distances.begin(), distances.end());
    distances.resize(std::min<std::size_t>(distances.size(), 5));
    std::vector<std::int64_t> found;
    const Binding wanted = {{"height", h}, {"width", w}};
    for (const Binding& binding : solve_backwards(demands.open(), wanted, {"height", "width"}, 5)) {
      const std::int64_t a = binding.at("height");
      const std::int64_t b = binding.at("width");
      ASSERT_TRUE(sizes[static_cast<std::size_t>(a)] > 0 && sizes[static_cast<std::size_t>(b)] > 0);
      found.push_back(std::abs(a - h) + std::abs(b - w));
    }
    ASSERT_EQ(found, distances) << "trial " << trial;
  }
}

}  // namespace
}  // namespace keraunos
