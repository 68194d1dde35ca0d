#include <gmock/gmock.h>

#include "kernels/cuda/own/chain_body.hpp"
#include "runtime/plan/widened_kernel.hpp"
#include "tests/cuda/own_host.hpp"

namespace keraunos::testing {
namespace {

using cuda::infinity;

constexpr KernelEntry any_chain = host_entry<cuda::accepts_chain, cuda::make_chain_body>;
constexpr KernelEntry packed_chain =
    host_entry<cuda::accepts_packed_chain, cuda::make_packed_chain_body>;

/// Where anything is rounded to 16 bits, a result that the reference has on one side of a boundary
/// may be on the other, and later steps carry that along.
float tolerance_for(const Chain& chain) {
  bool rounds = is_narrow(chain.dtype);
  for (const Chain::Step& step : chain.steps) rounds = rounds || std::holds_alternative<Cast>(step);
  return rounds ? 0x1p-7F : 1e-5F;
}

void expect_match(const KernelEntry& entry, const NodeCase& node) {
  const Verdict taken = verdict(entry, node);
  ASSERT_TRUE(taken) << taken.reason();
  const float tolerance = tolerance_for(std::get<Chain>(node.op));
  const Tensor wanted = reference_result(node);
  const auto compare = [&](const Tensor& got) {
    ASSERT_EQ(got.dtype(), wanted.dtype());
    expect_close(got.cast(DType::float32), wanted.cast(DType::float32), tolerance, 12);
  };
  compare(run_kernel(entry, node));
  if (wanted.bytes() == node.inputs[0].bytes()) compare(run_in_place(entry, node));
}

DType random_float(Random& random) {
  return random.one_of({DType::float32, DType::float16, DType::bfloat16});
}

/// Functions that make errors hardly larger.
Unary random_function(Random& random) {
  return {random.one_of({UnaryFn::relu, UnaryFn::sigmoid, UnaryFn::tanh, UnaryFn::hard_silu,
                         UnaryFn::gelu, UnaryFn::softplus, UnaryFn::elu, UnaryFn::negative,
                         UnaryFn::absolute, UnaryFn::sin, UnaryFn::erf}),
          1, 2, 0};
}

/// Appends a random step and its operands to a chain whose data has sizes `dims`.
void add_step(Random& random, const Dims& dims, Chain& chain, std::vector<Tensor>& inputs) {
  const auto operand = [&](const Dims& sizes, float low, float high) {
    inputs.push_back(random.tensor(sizes, low, high).cast(random_float(random)));
  };
  switch (random.size(0, 4)) {
    case 0: chain.steps.emplace_back(random_function(random)); return;
    case 1:
      chain.steps.emplace_back(Cast{random.one_of({DType::float16, DType::bfloat16})});
      return;
    case 2: {
      const std::size_t axis = random_axis(random, dims);
      chain.steps.emplace_back(Affine{axis});
      operand({dims[axis]}, -1, 1);
      operand({dims[axis]}, -1, 1);
      return;
    }
    default: {
      const auto fn = random.one_of({BinaryFn::add, BinaryFn::multiply, BinaryFn::subtract,
                                     BinaryFn::divide, BinaryFn::maximum, BinaryFn::minimum});
      const bool divides = fn == BinaryFn::divide;
      chain.steps.emplace_back(Chain::Combine{fn, !divides && random.coin()});
      operand(random.coin() ? dims : random_source(random, dims), divides ? 1 : -1,
              divides ? 2 : 1);
    }
  }
}

NodeCase random_chain(Random& random, const Dims& dims) {
  Chain chain;
  chain.dtype = random_float(random);
  std::vector<Tensor> inputs;
  const bool bytes = random.size(0, 5) == 0;
  inputs.push_back(bytes ? random.tensor(dims, 0, 9).cast(DType::uint8)
                         : random.tensor(dims, -4, 4).cast(random_float(random)));
  const auto steps = random.size(0, static_cast<std::int64_t>(Chain::max_steps));
  for (std::int64_t i = 0; i < steps; ++i) add_step(random, dims, chain, inputs);
  std::vector<bool> constant = {false};
  while (constant.size() < inputs.size()) constant.push_back(random.coin());
  return {chain, std::move(inputs), constant};
}

/// Random chains for about 300 ms; the seed is printed with a failure.
void compare_random_chains(const std::function<void(const NodeCase&)>& compare,
                           const std::function<Dims(Random&)>& make_dims) {
  const std::uint64_t seed = detail::random_test_seed();
  const double started = detail::now_seconds();
  for (int round = 0; detail::random_test_goes_on(round, started); ++round) {
    const std::uint64_t round_seed = seed + static_cast<std::uint64_t>(round);
    Random random(round_seed);
    const NodeCase node = random_chain(random, make_dims(random));
    SCOPED_TRACE("KERAUNOS_TEST_SEED=" + std::to_string(round_seed) + ": " + node.describe());
    compare(node);
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(OwnChain, MatchesTheReferenceWithAnySteps) {
  int packed = 0;
  compare_random_chains(
      [&](const NodeCase& node) {
        expect_match(any_chain, node);
        if (!verdict(packed_chain, node)) return;
        ++packed;
        expect_match(packed_chain, node);
      },
      [](Random& random) { return random_dims(random, 8, 4); });
  EXPECT_GT(packed, 0);
}

TEST(OwnPackedChain, TakesEveryChainOverALastAxisOfAMultipleOfFour) {
  compare_random_chains([](const NodeCase& node) { expect_match(packed_chain, node); },
                        [](Random& random) {
                          Dims dims = random_dims(random, 4, 4);
                          dims.push_back(4 * random.size(1, 5));
                          return dims;
                        });
}

Tensor whole(const Dims& dims) {
  Tensor result(DType::float32, dims);
  float next = -7;
  for (float& element : result.as<float>()) element = next++;
  return result;
}

/// One step that reads `operand`, over cells of sizes `dims`.
NodeCase one_step(const Dims& dims, const Dims& operand) {
  return {Chain{{Chain::Combine{BinaryFn::add}}}, tensors(whole(dims), whole(operand)), {}};
}

TEST(OwnPackedChain, TakesGatesOfAnImageAndImagesOfThreeChannels) {
  expect_match(packed_chain, one_step({2, 3, 5, 8}, {2, 1, 1, 8}));
  expect_match(packed_chain, one_step({2, 3, 5, 8}, {2, 3, 1, 1}));
  expect_match(packed_chain, one_step({2, 4, 5, 3}, {2, 4, 5, 3}));
  expect_match(packed_chain, one_step({2, 4, 5, 3}, {1}));
}

TEST(OwnPackedChain, RefusesByName) {
  const auto refusal = [](const Dims& dims, const Dims& operand) {
    return verdict(packed_chain, one_step(dims, operand)).reason();
  };
  const std::string wanted =
      "own packed chain wants a multiple of 4 cells side by side, for operands too, got ";
  EXPECT_EQ(refusal({3, 5}, {3, 5}), wanted + "(3, 5)");
  EXPECT_EQ(refusal({4, 3}, {3}), wanted + "(4, 3)");
  EXPECT_EQ(refusal(Dims(9, 1), {1}), "own packed chain takes up to 8 axes, got 9");
}

TEST(OwnChain, RefusesMoreAxesThanAnIndexSpaceHas) {
  EXPECT_EQ(verdict(any_chain, one_step(Dims(9, 1), {1})).reason(),
            "own chain takes up to 8 axes, got 9");
}

const std::initializer_list<float> extremes = {0,   -0.0F,    1,         -1,   0.3F,  -0.3F,
                                               nan, infinity, -infinity, 1e3F, -1e3F, 2};

TEST(OwnChain, HasEveryFunctionOfOneNumber) {
  for (std::size_t i = 0; i < unary_fn_count; ++i) {
    const Unary function = {static_cast<UnaryFn>(i), 0.5F, 2, 0};
    if (gives_bool(function.fn)) continue;
    const NodeCase node = {Chain{{function}}, tensors(tensor({12}, extremes)), {}};
    SCOPED_TRACE(node.describe());
    expect_match(any_chain, node);
    expect_match(packed_chain, node);
  }
}

/// The extremes with each of them beside every other.
NodeCase all_pairs(Chain::Combine combine) {
  const auto count = static_cast<std::int64_t>(extremes.size());
  Tensor rows(DType::float32, {count, count});
  for (std::int64_t i = 0; i < rows.size(); ++i) {
    rows.as<float>()[static_cast<std::size_t>(i)] = extremes.begin()[i / count];
  }
  return {Chain{{combine}}, tensors(std::move(rows), tensor({count}, extremes)), {}};
}

TEST(OwnChain, HasArithmeticFromBothSidesWithNanAndInfinities) {
  for (const BinaryFn fn : {BinaryFn::add, BinaryFn::multiply, BinaryFn::subtract, BinaryFn::divide,
                            BinaryFn::maximum, BinaryFn::minimum}) {
    for (const bool operand_first : {false, true}) {
      const NodeCase node = all_pairs({fn, operand_first});
      SCOPED_TRACE(node.describe());
      expect_match(any_chain, node);
      expect_match(packed_chain, node);
    }
  }
}

TEST(OwnChain, RoundsInTheMiddleWhereTheModelDoes) {
  const Chain rounding = {{Cast{DType::float16}, Unary{UnaryFn::linear, 4, 0, 0}}};
  const NodeCase node = {rounding, tensors(tensor({4}, {1.0001F, 70000, 2049, 0.1F})), {}};
  const Tensor got = run_kernel(packed_chain, node);
  EXPECT_THAT(std::vector<float>(got.as<float>().begin(), got.as<float>().end()),
              ::testing::ElementsAre(4, infinity, 8192, 4 * 0.0999755859375F));
}

TEST(OwnChain, KeepsInFloat32WhatFloat16CouldNotHold) {
  Chain sum = {{Unary{UnaryFn::linear, 1000, 0, 0}, Unary{UnaryFn::linear, 0.001F, 0, 0}}};
  sum.dtype = DType::float16;
  const NodeCase node = {sum, tensors(tensor({1}, {512}).cast(DType::float16)), {}};
  EXPECT_EQ(run_kernel(any_chain, node).cast(DType::float32).as<float>()[0], 512);
}

TEST(OwnChain, MayReadItsDataAsAnOperandToo) {
  const Chain gated = {{Unary{UnaryFn::sigmoid}, Chain::Combine{BinaryFn::multiply}}};
  const NodeCase node = {gated, tensors(whole({3, 4}), whole({3, 4})), {}};
  const Tensor silu = reference_result({Unary{UnaryFn::silu}, tensors(whole({3, 4})), {}});
  expect_close(run_kernel(packed_chain, node), silu);
}

}  // namespace
}  // namespace keraunos::testing
