#include "runtime/ops/chain.hpp"

#include <gtest/gtest.h>

#include "runtime/ops/op.hpp"
#include "tests/support/message_of.hpp"

namespace keraunos {
namespace {

const Dim batch = Dim::symbol("batch");

TensorType floats(Shape shape, DType dtype = DType::float32) { return {dtype, std::move(shape)}; }

std::string refusal(const Chain& chain, std::vector<TensorType> inputs) {
  return message_of([&] {
    Demands demands;
    chain.infer(inputs, demands);
  });
}

const Chain scale_and_add = {{Affine{1}, relu(), Chain::Combine{BinaryFn::add}}};

TEST(Chain, MakesItsDataInItsOwnDtype) {
  Chain chain = scale_and_add;
  chain.dtype = DType::float16;
  const std::vector<TensorType> inputs = {floats({batch, 3}, DType::uint8), floats({3}),
                                          floats({3}), floats({1, 3}, DType::bfloat16)};
  Demands demands;
  const std::vector<TensorType> outputs = chain.infer(inputs, demands);
  ASSERT_EQ(outputs.size(), 1U);
  EXPECT_EQ(outputs[0].dtype, DType::float16);
  EXPECT_EQ(outputs[0].shape, (Shape{batch, 3}));
  EXPECT_TRUE(demands.open().empty());
}

TEST(Chain, DemandsOperandsThatFitItsData) {
  EXPECT_EQ(refusal(scale_and_add, {floats({batch, 3}), floats({4}), floats({4}), floats({3})}),
            "axis 1 of the input must match the statistics: wanted 4, got 3");
  EXPECT_EQ(refusal(scale_and_add, {floats({batch, 3}), floats({3}), floats({3}), floats({4})}),
            "an axis that is not 1 cannot be repeated: wanted 3, got 4");
  EXPECT_EQ(
      refusal(scale_and_add, {floats({batch, 3}), floats({3}), floats({3}), floats({2, 1, 3})}),
      "(2, 1, 3) cannot be broadcast to (None, 3)");
}

TEST(Chain, RefusesWhatIsNoChain) {
  EXPECT_EQ(refusal({{relu()}}, {floats({3}), floats({3})}),
            "a chain of 1 steps and 2 inputs: relu");
  EXPECT_EQ(refusal({{relu()}}, {floats({3}, DType::int32)}), "input 0 of a chain is int32");
  EXPECT_EQ(refusal({{Chain::Combine{}}}, {floats({3}), floats({3}, DType::uint8)}),
            "input 1 of a chain is uint8");
}

TEST(Chain, DescribesItsSteps) {
  const Chain chain = {{Affine{3}, Unary{UnaryFn::tanh}, Chain::Combine{BinaryFn::multiply},
                        Chain::Combine{BinaryFn::subtract, true}, Cast{DType::float16}}};
  EXPECT_EQ(describe(Op(chain)),
            "affine axis 3, tanh, multiply, subtract (operand first), to float16");
}

}  // namespace
}  // namespace keraunos
