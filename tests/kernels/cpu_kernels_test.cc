#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>

#include "keraunos/error.hpp"
#include "kernels/cpu/own/simd.hpp"
#include "kernels/reference/activation.hpp"
#include "runtime/backend/backend.hpp"
#include "tests/support/kernel_harness.hpp"

namespace keraunos::testing {
namespace {

const float nan = std::numeric_limits<float>::quiet_NaN();
const float infinity = std::numeric_limits<float>::infinity();

const KernelEntry& entry_named(std::string_view name) {
  for (std::size_t op = 0; op < op_count; ++op) {
    for (const KernelEntry& entry : cpu_backend().kernels_for(op)) {
      if (entry.name == name) return entry;
    }
  }
  throw Error(ErrorCode::internal, "no kernel is called " + std::string(name));
}

/// Why the kernel refuses the node; "accepted" where it does not.
std::string refusal(std::string_view kernel, const NodeCase& node) {
  const Verdict answer = verdict(entry_named(kernel), node);
  return answer ? "accepted" : answer.reason();
}

NodeCase conv2d(Random& random, const Dims& input, std::int64_t window, std::int64_t stride,
                std::int64_t filters, std::int64_t groups = 1) {
  const Window same = {window, stride, 1, Padding::same, 0, 0};
  NodeCase node = {Conv{{same, same}, groups, relu()}, {}, {false, true, true}};
  node.inputs.push_back(random.tensor(input));
  node.inputs.push_back(random.tensor({window, window, input.back() / groups, filters}));
  node.inputs.push_back(random.tensor({filters}));
  return node;
}

std::string chosen_kernel(const NodeCase& node) {
  for (const KernelEntry& entry : cpu_backend().kernels_for(node.op.index())) {
    if (verdict(entry, node)) return std::string(entry.name);
  }
  return "none";
}

TEST(CpuKernels, EveryListEndsWithTheReference) {
  for (std::size_t op = 0; op < op_count; ++op) {
    const auto entries = cpu_backend().kernels_for(op);
    if (op == Op(View{}).index()) {
      EXPECT_TRUE(entries.empty());
    } else {
      EXPECT_TRUE(entries.back().name.starts_with("reference")) << entries.back().name;
    }
  }
}

TEST(CpuKernels, NothingUsualIsLeftToTheReference) {
  Random random(1);
  const std::vector<NodeCase> nodes = [&] {
    std::vector<NodeCase> all;
    all.push_back(conv2d(random, {1, 28, 28, 1}, 5, 1, 6));
    all.push_back(conv2d(random, {1, 56, 56, 64}, 3, 1, 64));
    all.push_back(conv2d(random, {1, 30, 30, 3}, 7, 2, 64));
    all.push_back(conv2d(random, {1, 14, 14, 32}, 1, 1, 256));
    all.push_back(conv2d(random, {1, 28, 28, 48}, 3, 1, 48, 48));
    all.push_back(conv2d(random, {1, 28, 28, 64}, 3, 1, 64, 4));
    return all;
  }();
  for (const NodeCase& node : nodes) {
    EXPECT_THAT(chosen_kernel(node), ::testing::Not(::testing::StartsWith("reference")))
        << node.describe();
  }
}

#if KERAUNOS_ONEDNN
TEST(CpuKernels, OneDnnTakesTheLargeProductsAndLeavesTheRest) {
  Random random(8);
  EXPECT_EQ(chosen_kernel(conv2d(random, {1, 28, 28, 1}, 3, 1, 32)), "own small conv");
  EXPECT_EQ(chosen_kernel(conv2d(random, {1, 56, 56, 64}, 3, 1, 64)), "onednn conv");
  EXPECT_EQ(chosen_kernel(conv2d(random, {1, 56, 56, 64}, 3, 1, 64, 64)), "own depthwise conv");
  EXPECT_EQ(chosen_kernel(conv2d(random, {1, 9, 9, 64}, 3, 1, 128, 64)), "onednn conv");
  EXPECT_EQ(refusal("own small conv", conv2d(random, {1, 9, 9, 8}, 3, 1, 8, 2)),
            "takes one group only");
  EXPECT_EQ(refusal("own small conv", conv2d(random, {1, 56, 56, 64}, 3, 1, 64)),
            "takes up to 4000000 multiply-adds");
  const auto product = [&](std::int64_t vectors) {
    return NodeCase{MatMul{},
                    tensors(random.tensor({vectors, 1000}), random.tensor({1000, 1000})),
                    {false, true}};
  };
  EXPECT_EQ(chosen_kernel(product(1)), "own small matmul");
  EXPECT_EQ(chosen_kernel(product(64)), "onednn matmul");
  EXPECT_EQ(refusal("own small matmul", product(64)),
            "takes up to 4 rows or 4000000 multiply-adds");
}
#endif

TEST(CpuKernels, SplitLargeWorkOverThreadsWithTheSameResult) {
  Random random(2);
  const Window pair = {2, 2, 1, Padding::explicit_, 0, 0};
  std::vector<NodeCase> nodes;
  nodes.push_back(conv2d(random, {1, 40, 40, 16}, 3, 1, 40));
  nodes.push_back(conv2d(random, {5, 20, 20, 8}, 3, 2, 40));
  nodes.push_back(conv2d(random, {3, 30, 30, 24}, 1, 1, 40));
  nodes.push_back(conv2d(random, {2, 40, 40, 32}, 3, 1, 32, 32));
  nodes.push_back({MatMul{{UnaryFn::tanh}},
                   tensors(random.tensor({200, 300}), random.tensor({300, 70})),
                   {false, true}});
  nodes.push_back({Pool{PoolFn::max, {pair, pair}}, tensors(random.tensor({2, 90, 90, 19})), {}});
  nodes.push_back({Reduce{ReduceFn::mean, {1}, false}, tensors(random.tensor({3, 300, 300})), {}});
  nodes.push_back({Reduce{ReduceFn::max, {0}, false}, tensors(random.tensor({300, 900})), {}});
  nodes.push_back({Unary{UnaryFn::silu}, tensors(random.tensor({300, 501})), {false}});
  nodes.push_back(
      {Binary{BinaryFn::add}, tensors(random.tensor({300, 501}), random.tensor({501})), {}});
  nodes.push_back(
      {Binary{BinaryFn::multiply}, tensors(random.tensor({150001}), random.tensor({})), {}});
  nodes.push_back({Affine{1},
                   tensors(random.tensor({300, 501}), random.tensor({501}), random.tensor({501})),
                   {false}});
  nodes.push_back({Softmax{SoftmaxFn::softmax, {1}}, tensors(random.tensor({90, 500, 3})), {}});
  nodes.push_back({Resize{100, 90}, tensors(random.tensor({2, 50, 60, 9})), {}});
  nodes.push_back({Pad{{{0, 0}, {1, 2}, {3, 0}}, 1}, tensors(random.tensor({2, 200, 200})), {}});
  nodes.push_back({Concat{1}, tensors(random.tensor({300, 200}), random.tensor({300, 301})), {}});
  nodes.push_back({Transpose{{1, 0}}, tensors(random.tensor({401, 302})), {}});
  for (const NodeCase& node : nodes) {
    SCOPED_TRACE(node.describe());
    const Tensor want = reference_result(node);
    for (const KernelEntry& entry : cpu_backend().kernels_for(node.op.index())) {
      if (!verdict(entry, node) || entry.name.starts_with("reference")) continue;
      SCOPED_TRACE(std::string(entry.name));
      const Tensor alone = run_kernel(entry, node, {1, Precision::float32});
      expect_close(alone, want);
      expect_close(run_kernel(entry, node, {3, Precision::float32}), alone, 1e-6F);
    }
  }
}

TEST(CpuKernels, LeaveAClampOfTheInputToTheReference) {
  Random random(7);
  for (const std::int64_t groups : {std::int64_t{1}, std::int64_t{8}}) {
    NodeCase node = conv2d(random, {1, 9, 9, 8}, 3, 1, 8, groups);
    std::get<Conv>(node.op).input_clamp = {0, 6};
    EXPECT_EQ(chosen_kernel(node), "reference conv");
    EXPECT_EQ(refusal("own conv", node), "does not clamp its input");
  }
}

TEST(CpuKernels, WindowsMayLeapOverTheWholeImage) {
  Random random(6);
  const Window leaping = {.size = 1, .stride = 3, .padding = Padding::explicit_, .pad_before = 5};
  const NodeCase node = {Conv{{Window{}, leaping}, 1, {}},
                         tensors(random.tensor({2, 3, 1, 4}), random.tensor({1, 1, 4, 8})),
                         {false, true}};
  EXPECT_TRUE(expect_entries_match_reference(node).contains("own conv"));
}

TEST(CpuKernels, NanIsNeverLost) {
  Random random(3);
  std::vector<NodeCase> nodes;
  nodes.push_back(conv2d(random, {1, 9, 9, 20}, 3, 1, 20));
  nodes.push_back(conv2d(random, {1, 9, 9, 20}, 3, 1, 20, 20));
  nodes.push_back(
      {MatMul{relu()}, tensors(random.tensor({3, 20}), random.tensor({20, 20})), {false, true}});
  const Window pair = {2, 2, 1, Padding::same, 0, 0};
  nodes.push_back({Pool{PoolFn::max, {pair, pair}}, tensors(random.tensor({1, 9, 9, 20})), {}});
  nodes.push_back({Pool{PoolFn::average, {pair, pair}}, tensors(random.tensor({1, 9, 9, 3})), {}});
  nodes.push_back({Reduce{ReduceFn::max, {1}, false}, tensors(random.tensor({20, 20})), {}});
  nodes.push_back({Reduce{ReduceFn::max, {0}, false}, tensors(random.tensor({20, 20})), {}});
  nodes.push_back({Softmax{SoftmaxFn::softmax, {1}}, tensors(random.tensor({3, 40})), {}});
  nodes.push_back({Softmax{SoftmaxFn::log_softmax, {1}}, tensors(random.tensor({3, 40})), {}});
  for (NodeCase& node : nodes) {
    const auto values = node.inputs[0].as<float>();
    for (const std::size_t i : {std::size_t{0}, values.size() / 2, values.size() - 1}) {
      values[i] = nan;
    }
    SCOPED_TRACE(node.describe());
    expect_entries_match_reference(node);
  }
}

/// The reference's values at arguments where naive formulas overflow, cancel or divide by zero.
TEST(CpuKernels, UnaryFunctionsKeepTheirLimits) {
  const std::vector<float> extremes = {-infinity, -1e30F,  -1e4F, -200,   -90,   -50,      -20, -1,
                                       -1e-4F,    -1e-30F, 0,     1e-30F, 1e-4F, 1,        20,  50,
                                       88,        90,      200,   1e4F,   1e30F, infinity, nan};
  for (std::size_t fn = 0; fn < activation_count; ++fn) {
    Unary unary = {static_cast<UnaryFn>(fn), 0.5F, 0.25F, 0};
    if (unary.fn == UnaryFn::relu) unary = relu();
    NodeCase node = {unary, {}, {false}};
    node.inputs.emplace_back(DType::float32, Dims{static_cast<std::int64_t>(extremes.size())});
    std::copy(extremes.begin(), extremes.end(), node.inputs[0].as<float>().begin());
    SCOPED_TRACE(node.describe());
    expect_entries_match_reference(node);
    const Tensor results = reference_result(node);
    for (const float value : results.as<float>().first(extremes.size() - 1)) {
      EXPECT_FALSE(std::isnan(value)) << "in the reference";
    }
  }
}

/// Every instruction set of this machine, not only the one that is chosen.
TEST(Simd, UnaryFunctionsAgreeOnEveryInstructionSet) {
  Random random(4);
  const Tensor inputs = random.tensor({1000}, -12, 12);
  for (const cpu::Simd* simd : cpu::simd_levels()) {
    for (std::size_t fn = 0; fn < activation_count; ++fn) {
      const Unary unary = {static_cast<UnaryFn>(fn), 0.5F, 0.25F, 0};
      SCOPED_TRACE(std::string(simd->name) + " " + unary.describe());
      Tensor got(DType::float32, {1000});
      Tensor want(DType::float32, {1000});
      simd->unary(unary, inputs.as<float>().data(), got.as<float>().data(), 1000);
      for (std::size_t i = 0; i < 1000; ++i) {
        want.as<float>()[i] = static_cast<float>(reference::activate(unary, inputs.as<float>()[i]));
      }
      expect_close(got, want, 1e-6F);
    }
  }
}

TEST(Simd, ProductsAgreeOnEveryInstructionSetAndHeight) {
  Random random(5);
  constexpr std::int64_t depth = 23;
  const std::vector<std::int64_t> segments = {0, 40};
  const Tensor src = random.tensor({40 * 100});
  for (const cpu::Simd* simd : cpu::simd_levels()) {
    for (const bool narrow : {false, true}) {
      const std::int64_t width = simd->panel_width(narrow);
      const Tensor panel = random.tensor({2 * depth * width});
      const Tensor bias = random.tensor({width});
      for (std::int64_t rows = 1; rows <= 31; ++rows) {
        SCOPED_TRACE(std::string(simd->name) + ", rows " + std::to_string(rows));
        const std::int64_t columns = width - rows % 3;
        Tensor got(DType::float32, {rows, columns});
        Tensor want(DType::float32, {rows, columns});
        simd->gemm(
            {src.as<float>().data(), 5, segments, depth, panel.as<float>().data(),
             bias.as<float>().data(), got.as<float>().data(), columns, columns, narrow, true},
            rows);
        for (std::int64_t row = 0; row < rows; ++row) {
          for (std::int64_t column = 0; column < columns; ++column) {
            double sum = bias.as<float>()[static_cast<std::size_t>(column)];
            for (std::int64_t i = 0; i < 2 * depth; ++i) {
              const std::int64_t cell =
                  row * 5 + segments[static_cast<std::size_t>(i / depth)] + i % depth;
              sum += static_cast<double>(src.as<float>()[static_cast<std::size_t>(cell)]) *
                     panel.as<float>()[static_cast<std::size_t>(i * width + column)];
            }
            want.as<float>()[static_cast<std::size_t>(row * columns + column)] =
                static_cast<float>(std::max(sum, 0.0));
          }
        }
        expect_close(got, want);
      }
    }
  }
}

TEST(CpuKernels, ManyThreadsMayRunOneKernelAtOnce) {
  Random random(6);
  const NodeCase node = conv2d(random, {1, 56, 56, 32}, 3, 1, 64);
  const Tensor want = reference_result(node);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { expect_entries_match_reference(node); });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(CpuKernels, RefusalsSayWhy) {
  Random random(7);
  NodeCase node = conv2d(random, {1, 8, 8, 4}, 3, 1, 4);
  node.constant = {};
  EXPECT_EQ(refusal("own conv", node), "takes constant weights only");
  EXPECT_EQ(refusal("own depthwise conv", node), "takes one input channel per output channel");

  NodeCase empty = {MatMul{}, tensors(random.tensor({1, 0}), random.tensor({0, 2})), {false, true}};
  EXPECT_EQ(refusal("own matmul", empty), "takes no empty tensors");

  const NodeCase apart = {
      Reduce{ReduceFn::mean, {0, 2}, false}, tensors(random.tensor({2, 2, 2})), {}};
  EXPECT_EQ(refusal("own reduce", apart), "reduces neighbouring axes only");

  const NodeCase sparsemax = {Softmax{SoftmaxFn::sparsemax, {0}}, tensors(random.tensor({2})), {}};
  EXPECT_EQ(refusal("own softmax", sparsemax), "has no sparsemax");

  NodeCase bytes = {Pad{{{1, 1}}, 0}, {}, {}};
  bytes.inputs.emplace_back(DType::uint8, Dims{2});
  EXPECT_EQ(refusal("own pad", bytes), "pads float32 only");

  const NodeCase powers = {
      Binary{BinaryFn::power}, tensors(random.tensor({2}), random.tensor({2})), {}};
  EXPECT_EQ(refusal("own binary", powers), "computes plain arithmetic only");

  const NodeCase nothing = {Reduce{ReduceFn::sum, {0}, false}, tensors(random.tensor({0, 2})), {}};
  EXPECT_EQ(refusal("own reduce", nothing), "wants at least one cell");

  const NodeCase endless = {Resize{1 << 25, 1}, tensors(random.tensor({1, 2, 2, 1})), {}};
  EXPECT_EQ(refusal("own resize", endless), "resizes up to 16777216 rows and columns only");
}

}  // namespace
}  // namespace keraunos::testing
