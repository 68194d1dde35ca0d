#include <gtest/gtest.h>

#include <cstring>

#include "runtime/passes/passes.hpp"

namespace keraunos {
namespace {

const Dim batch = Dim::symbol("batch");

struct AutocastTest : testing::Test {
  AutocastTest() : input(graph.add_input("x", {DType::float32, {batch, 8, 8, 3}})) {}

  ValueId weight(Dims dims) {
    const std::vector<float> zeros(static_cast<std::size_t>(element_count(dims)));
    return graph.add_constant(make_constant("weight", std::move(dims), zeros));
  }
  ValueId conv(ValueId data, std::int64_t in, std::int64_t out) {
    return graph.add(Conv{{Window{}, Window{}}, 1, {}}, {data, weight({1, 1, in, out})}, "conv");
  }

  /// Each node with the dtype of what it makes: "Conv float16".
  std::vector<std::string> cast(ValueId output, DType dtype = DType::float16) {
    graph.set_outputs({output});
    rewritten = autocast(graph, dtype);
    std::vector<std::string> nodes;
    for (const Node& node : rewritten.nodes()) {
      nodes.push_back(std::string(name_of(node.op)) + " " +
                      std::string(to_string(rewritten.type(node.outputs[0]).dtype)));
    }
    return nodes;
  }

  Graph graph;
  Graph rewritten;
  ValueId input;
};

using Nodes = std::vector<std::string>;

TEST_F(AutocastTest, RunsInSixteenBitsFromTheFirstProductToTheLast) {
  ValueId value = conv(input, 3, 4);
  value = graph.add(relu(), {value}, "relu");
  value = conv(value, 4, 4);
  value = graph.add(Reduce{ReduceFn::mean, {1, 2}, false}, {value}, "pool");
  EXPECT_EQ(cast(value), (Nodes{"Cast float16", "Conv float16", "Unary float16", "Conv float16",
                                "Reduce float16", "Cast float32"}));
  EXPECT_EQ(rewritten.type(rewritten.outputs()[0]).dtype, DType::float32);
  EXPECT_EQ(rewritten.type(rewritten.nodes()[1].inputs[1]).dtype, DType::float32) << "a weight";
}

TEST_F(AutocastTest, LeavesNetworksWithoutProductsAlone) {
  const ValueId value = graph.add(relu(), {input}, "relu");
  EXPECT_EQ(cast(value, DType::bfloat16), (Nodes{"Unary float32"}));
}

TEST_F(AutocastTest, LeavesMathematicsInFloat32) {
  const ValueId value = graph.add(Unary{UnaryFn::log}, {conv(input, 3, 3)}, "log");
  EXPECT_EQ(cast(value), (Nodes{"Cast float16", "Conv float16", "Cast float32", "Unary float32"}));
}

TEST_F(AutocastTest, WidensWhereAnOperandIsWide) {
  const ValueId value = graph.add(Binary{BinaryFn::add}, {conv(input, 3, 3), input}, "add");
  EXPECT_EQ(cast(value), (Nodes{"Cast float16", "Conv float16", "Cast float32", "Binary float32"}));
}

TEST_F(AutocastTest, KeepsConstantOperandsFinite) {
  const ValueId big = graph.add_constant(make_constant("mask", {1}, std::vector<float>{-1e9F}));
  const ValueId value = graph.add(Binary{BinaryFn::maximum}, {conv(input, 3, 3), big}, "max");
  EXPECT_EQ(cast(value), (Nodes{"Cast float16", "Conv float16", "Binary float16", "Cast float32"}));
  const ValueId narrow = rewritten.nodes()[2].inputs[1];
  const auto& bytes = rewritten.value(narrow).constant->bytes;
  std::uint16_t lowest = 0;
  std::memcpy(&lowest, bytes.data(), sizeof(lowest));
  EXPECT_EQ(lowest, 0xfbff) << "-65504";
}

TEST_F(AutocastTest, LeavesMasksThatFloat16WouldMakeInfinite) {
  const ValueId value =
      graph.add(Unary{UnaryFn::linear, 1, -1e9F}, {conv(input, 3, 3)}, "attention");
  EXPECT_EQ(cast(value), (Nodes{"Cast float16", "Conv float16", "Cast float32", "Unary float32"}));
}

TEST_F(AutocastTest, LeavesProductsOfRoundedNumbersExact) {
  const ValueId value = conv(graph.add(Unary{UnaryFn::round}, {input}, "quantise"), 3, 3);
  EXPECT_EQ(cast(value), (Nodes{"Unary float32", "Conv float32"}));
}

TEST_F(AutocastTest, CastsASharedValueOnce) {
  const ValueId a = conv(input, 3, 3);
  const ValueId b = conv(input, 3, 3);
  const ValueId value = graph.add(Binary{BinaryFn::add}, {a, b}, "add");
  EXPECT_EQ(cast(value), (Nodes{"Cast float16", "Conv float16", "Conv float16", "Binary float16",
                                "Cast float32"}));
}

}  // namespace
}  // namespace keraunos
