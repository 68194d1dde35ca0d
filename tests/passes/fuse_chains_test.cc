#include <gtest/gtest.h>

#include "runtime/passes/passes.hpp"

namespace keraunos {
namespace {

const Dim batch = Dim::symbol("batch");

struct FuseChains : testing::Test {
  ValueId input(Shape shape, DType dtype = DType::float32) {
    return graph.add_input("x", {dtype, std::move(shape)});
  }
  ValueId weight(Dims dims) {
    const std::vector<float> zeros(static_cast<std::size_t>(element_count(dims)));
    return graph.add_constant(make_constant("weight", std::move(dims), zeros));
  }
  ValueId unary(UnaryFn fn, ValueId value) { return graph.add(Unary{fn}, {value}, "unary"); }
  ValueId binary(BinaryFn fn, ValueId a, ValueId b) { return graph.add(Binary{fn}, {a, b}, "two"); }
  ValueId affine(ValueId value, std::size_t axis, std::int64_t cells) {
    return graph.add(Affine{axis}, {value, weight({cells}), weight({cells})}, "affine");
  }
  ValueId cast(ValueId value, DType dtype) { return graph.add(Cast{dtype}, {value}, "cast"); }

  /// Each node with its attributes: "Chain[relu, add]".
  std::vector<std::string> fused(std::vector<ValueId> outputs) {
    graph.set_outputs(std::move(outputs));
    fuse_chains(graph);
    const std::string once = graph.to_text();
    fuse_chains(graph);
    EXPECT_EQ(graph.to_text(), once) << "not idempotent";
    std::vector<std::string> nodes;
    for (const Node& node : graph.nodes()) {
      nodes.push_back(std::string(name_of(node.op)) + "[" + describe(node.op) + "]");
      expect_inferred(node);
    }
    return nodes;
  }
  std::vector<ValueId> inputs_of(std::size_t node) const { return graph.nodes()[node].inputs; }

  /// A chain makes the type that the last of its nodes made.
  void expect_inferred(const Node& node) {
    std::vector<TensorType> types;
    for (const ValueId it : node.inputs) types.push_back(graph.type(it));
    Demands demands;
    const TensorType made = infer(node.op, types, demands).front();
    EXPECT_EQ(made.dtype, graph.type(node.outputs[0]).dtype);
    EXPECT_EQ(made.shape, graph.shape(node.outputs[0]));
  }

  Graph graph;
};

using Nodes = std::vector<std::string>;

TEST_F(FuseChains, MakesOneNodeOfARun) {
  const ValueId x = input({batch, 8, 4});
  const ValueId other = input({batch, 8, 4});
  ValueId value = affine(x, 2, 4);
  value = unary(UnaryFn::tanh, value);
  value = binary(BinaryFn::subtract, other, value);
  EXPECT_EQ(fused({value}), (Nodes{"Chain[affine axis 2, tanh, subtract (operand first)]"}));
  EXPECT_EQ(inputs_of(0).size(), 4U);
  EXPECT_EQ(inputs_of(0)[0], x);
  EXPECT_EQ(inputs_of(0)[3], other);
  EXPECT_EQ(graph.outputs()[0], value);
}

TEST_F(FuseChains, LeavesASingleNodeAsItIs) {
  EXPECT_EQ(fused({unary(UnaryFn::tanh, input({batch, 4}))}), (Nodes{"Unary[tanh]"}));
}

TEST_F(FuseChains, EndsWhereAValueIsReadTwice) {
  const ValueId first = unary(UnaryFn::tanh, unary(UnaryFn::sigmoid, input({batch, 4})));
  const ValueId a = unary(UnaryFn::absolute, unary(UnaryFn::square, first));
  EXPECT_EQ(fused({a, unary(UnaryFn::floor, first)}),
            (Nodes{"Chain[sigmoid, tanh]", "Chain[square, absolute]", "Unary[floor]"}));
}

TEST_F(FuseChains, EndsWhereTheModelGivesAValueOut) {
  const ValueId first = unary(UnaryFn::tanh, input({batch, 4}));
  EXPECT_EQ(fused({unary(UnaryFn::sigmoid, first), first}),
            (Nodes{"Unary[tanh]", "Unary[sigmoid]"}));
}

TEST_F(FuseChains, EndsWhereANodeReadsAValueTwice) {
  const ValueId first = unary(UnaryFn::tanh, input({batch, 4}));
  const ValueId product = binary(BinaryFn::multiply, first, first);
  EXPECT_EQ(fused({unary(UnaryFn::sigmoid, product)}),
            (Nodes{"Unary[tanh]", "Chain[multiply, sigmoid]"}));
  EXPECT_EQ(inputs_of(1), (std::vector<ValueId>{first, first}));
}

TEST_F(FuseChains, GoesOnWhereItsOwnDataIsTheOperand) {
  const ValueId x = input({batch, 4});
  EXPECT_EQ(fused({binary(BinaryFn::multiply, x, unary(UnaryFn::sigmoid, x))}),
            (Nodes{"Chain[sigmoid, multiply (operand first)]"}));
  EXPECT_EQ(inputs_of(0), (std::vector<ValueId>{x, x}));
}

TEST_F(FuseChains, TakesAsManyStepsAsAKernelHolds) {
  ValueId value = input({batch, 4});
  for (std::size_t i = 0; i < Chain::max_steps + 2; ++i) value = unary(UnaryFn::tanh, value);
  fused({value});
  ASSERT_EQ(graph.nodes().size(), 2U);
  EXPECT_EQ(std::get<Chain>(graph.nodes()[0].op).steps.size(), Chain::max_steps);
  EXPECT_EQ(std::get<Chain>(graph.nodes()[1].op).steps.size(), 2U);
}

TEST_F(FuseChains, EndsWhereBroadcastingMakesTheDataLarger) {
  const ValueId small = unary(UnaryFn::tanh, unary(UnaryFn::sigmoid, input({batch, 1, 4})));
  EXPECT_EQ(fused({binary(BinaryFn::multiply, small, input({batch, 8, 4}))}),
            (Nodes{"Chain[sigmoid, tanh]", "Binary[multiply]"}));
}

TEST_F(FuseChains, EndsWhereBroadcastingMightMakeTheDataLarger) {
  const ValueId value = unary(UnaryFn::tanh, input({batch, Dim::symbol("n")}));
  EXPECT_EQ(fused({binary(BinaryFn::add, value, input({batch, Dim::symbol("m")}))}),
            (Nodes{"Unary[tanh]", "Binary[add]"}));
}

TEST_F(FuseChains, FollowsTheLargerOperand) {
  const ValueId gate = unary(UnaryFn::sigmoid, unary(UnaryFn::tanh, input({batch, 1, 4})));
  const ValueId data = unary(UnaryFn::absolute, input({batch, 8, 4}));
  EXPECT_EQ(fused({binary(BinaryFn::multiply, gate, data)}),
            (Nodes{"Chain[tanh, sigmoid]", "Chain[absolute, multiply (operand first)]"}));
}

TEST_F(FuseChains, StandsBehindOperandsThatAreMadeLate) {
  const ValueId x = input({batch, 4});
  const ValueId early = unary(UnaryFn::tanh, x);
  const ValueId late = graph.add(Softmax{SoftmaxFn::softmax, {1}}, {x}, "late");
  EXPECT_EQ(fused({binary(BinaryFn::add, early, late)}),
            (Nodes{"Softmax[" + describe(Op(Softmax{SoftmaxFn::softmax, {1}})) + "]",
                   "Chain[tanh, add]"}));
}

TEST_F(FuseChains, OfTwoRunsThatMeetMakesTwoChains) {
  const ValueId a = unary(UnaryFn::tanh, unary(UnaryFn::sin, input({batch, 4})));
  const ValueId b = unary(UnaryFn::cos, unary(UnaryFn::exp2, input({batch, 4})));
  EXPECT_EQ(fused({unary(UnaryFn::floor, binary(BinaryFn::add, a, b))}),
            (Nodes{"Chain[exp2, cos]", "Chain[sin, tanh, add, floor]"}));
}

TEST_F(FuseChains, WidensAndNarrowsOnTheWay) {
  const ValueId x = input({batch, 4}, DType::float16);
  const ValueId wide = unary(UnaryFn::log, cast(x, DType::float32));
  const ValueId narrow = cast(wide, DType::bfloat16);
  EXPECT_EQ(fused({narrow}), (Nodes{"Chain[log]"}));
  EXPECT_EQ(std::get<Chain>(graph.nodes()[0].op).dtype, DType::bfloat16);
}

TEST_F(FuseChains, RoundsWhereTheModelDoes) {
  ValueId value = unary(UnaryFn::tanh, input({batch, 4}));
  value = cast(cast(value, DType::float16), DType::float32);
  EXPECT_EQ(fused({unary(UnaryFn::sin, value)}), (Nodes{"Chain[tanh, to float16, sin]"}));
}

TEST_F(FuseChains, TakesTheBytesOfImages) {
  const ValueId value = cast(input({batch, 8, 8, 3}, DType::uint8), DType::float32);
  EXPECT_EQ(fused({affine(value, 3, 3)}), (Nodes{"Chain[affine axis 3]"}));
}

TEST_F(FuseChains, LeavesIntegersAndBoolsAlone) {
  const ValueId x = input({batch, 4}, DType::int32);
  const ValueId sum = binary(BinaryFn::add, unary(UnaryFn::absolute, x), x);
  const ValueId y = input({batch, 4});
  const ValueId finite = unary(UnaryFn::is_finite, unary(UnaryFn::tanh, y));
  EXPECT_EQ(fused({sum, finite, cast(cast(sum, DType::float64), DType::float32)}),
            (Nodes{"Unary[absolute]", "Binary[add]", "Unary[tanh]", "Unary[is_finite]",
                   "Cast[to float64]", "Cast[to float32]"}));
}

TEST_F(FuseChains, LeavesComparisonsAndPowersAlone) {
  const ValueId x = unary(UnaryFn::tanh, input({batch, 4}));
  EXPECT_EQ(fused({binary(BinaryFn::power, x, weight({1}))}),
            (Nodes{"Unary[tanh]", "Binary[power]"}));
}

TEST_F(FuseChains, LeavesTensorsOfMoreAxesThanKernelsHave) {
  Shape deep(Chain::max_rank + 1, Dim(2));
  EXPECT_EQ(fused({unary(UnaryFn::sin, unary(UnaryFn::tanh, input(deep)))}),
            (Nodes{"Unary[tanh]", "Unary[sin]"}));
}

TEST_F(FuseChains, PrefersDataThatMayBeWrittenOver) {
  const ValueId shared = graph.add(Softmax{SoftmaxFn::softmax, {1}}, {input({batch, 4})}, "a");
  const ValueId own = graph.add(Softmax{SoftmaxFn::softmax, {1}}, {shared}, "b");
  const ValueId sum = binary(BinaryFn::add, shared, own);
  fused({unary(UnaryFn::tanh, sum), unary(UnaryFn::sin, shared)});
  EXPECT_EQ(inputs_of(2), (std::vector<ValueId>{own, shared}));
}

TEST_F(FuseChains, RunsBehindAutocastAndTakesItsCasts) {
  const ValueId x = input({batch, 8, 8, 4});
  const ValueId scaled = unary(UnaryFn::relu, affine(x, 3, 4));
  const ValueId product =
      graph.add(Conv{{Window{}, Window{}}, 1, {}}, {scaled, weight({1, 1, 4, 4})}, "conv");
  graph.set_outputs({unary(UnaryFn::exp2, product)});
  graph = autocast(std::move(graph), DType::float16);
  const ValueId output = graph.outputs()[0];
  const Nodes nodes = fused({output});
  ASSERT_EQ(nodes.size(), 3U);
  EXPECT_EQ(nodes[0], "Chain[affine axis 3, relu]");
  EXPECT_EQ(graph.type(graph.nodes()[0].outputs[0]).dtype, DType::float16);
  EXPECT_EQ(nodes[2], "Chain[exp2]");
}

}  // namespace
}  // namespace keraunos
