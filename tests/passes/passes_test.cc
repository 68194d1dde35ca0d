#include "runtime/passes/passes.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace keraunos {
namespace {

const Dim batch = Dim::symbol("batch");

// A graph with one float32 input, and helpers to grow it.
struct PassTest : testing::Test {
  ValueId image(Shape shape) { return graph.add_input("x", {DType::float32, std::move(shape)}); }

  ValueId constant(Dims dims, float first) {
    std::vector<float> values(static_cast<std::size_t>(element_count(dims)));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = first + static_cast<float>(i);
    return graph.add_constant(make_constant("weight", std::move(dims), values));
  }

  std::vector<std::string> op_names() const {
    std::vector<std::string> names;
    for (const Node& node : graph.nodes()) names.emplace_back(name_of(node.op));
    return names;
  }

  // Runs a pass twice: the second time must change nothing.
  void run(void (*pass)(Graph&)) {
    pass(graph);
    graph.verify();
    const std::string once = graph.to_text();
    pass(graph);
    EXPECT_EQ(graph.to_text(), once) << "not idempotent";
  }

  Graph graph;
};

using Names = std::vector<std::string>;

TEST_F(PassTest, TransposesAroundElementwiseWorkCancel) {
  const ValueId input = image({batch, 3, 8, 8});
  ValueId value = graph.add(channels_to_last(4), {input}, "conv");
  value = graph.add(Conv{{Window{.size = 1}, Window{.size = 1}}, 1, {}},
                    {value, constant({1, 1, 3, 4}, 0)}, "conv");
  value = graph.add(channels_to_first(4), {value}, "conv");
  value = graph.add(Affine{1}, {value, constant({4}, 1), constant({4}, 0)}, "norm");
  value = graph.add(relu(), {value}, "relu");
  value = graph.add(channels_to_last(4), {value}, "pool");
  graph.set_outputs({value});
  run(sink_transposes);
  run(cancel_transposes);
  EXPECT_EQ(op_names(), (Names{"Transpose", "Conv", "Affine", "Unary"}));
  EXPECT_EQ(std::get<Affine>(graph.nodes()[2].op).axis, 3U);
}

TEST_F(PassTest, TransposeOfASharedValueStays) {
  const ValueId input = image({batch, 3, 8, 8});
  const ValueId moved = graph.add(channels_to_last(4), {input}, "a");
  graph.set_outputs({graph.add(relu(), {moved}, "b"), moved});
  run(sink_transposes);
  EXPECT_EQ(op_names(), (Names{"Transpose", "Unary"}));
}

TEST_F(PassTest, TransposesMeetBehindAnAddition) {
  const ValueId input = image({batch, 3, 8, 8});
  const ValueId left = graph.add(channels_to_first(4), {graph.add(relu(), {input}, "l")}, "l");
  const ValueId right = graph.add(channels_to_first(4), {graph.add(relu(), {input}, "r")}, "r");
  const ValueId sum = graph.add(Binary{BinaryFn::add}, {left, right}, "add");
  graph.set_outputs({graph.add(channels_to_last(4), {sum}, "end")});
  run(sink_transposes);
  run(cancel_transposes);
  EXPECT_EQ(op_names(), (Names{"Unary", "Unary", "Binary"}));
}

TEST_F(PassTest, ViewsOfViewsAreOneView) {
  const ValueId input = image({batch, 4, 6});
  const ValueId first = graph.add(View{{batch, 24}}, {input}, "a");
  const ValueId second = graph.add(View{{batch, 2, 12}}, {first}, "b");
  graph.set_outputs({graph.add(relu(), {second}, "c")});
  run(merge_views);
  EXPECT_EQ(op_names(), (Names{"View", "Unary"}));
  EXPECT_EQ(graph.nodes()[0].inputs[0], input);
}

TEST_F(PassTest, ViewThatKeepsTheShapeGoes) {
  const ValueId input = image({batch, 24});
  const ValueId flat = graph.add(View{{batch, 24}}, {input}, "flatten");
  graph.set_outputs({graph.add(relu(), {flat}, "c")});
  run(merge_views);
  EXPECT_EQ(op_names(), (Names{"Unary"}));
}

TEST_F(PassTest, PaddingBecomesTheConvolutionsOwn) {
  const ValueId input = image({batch, 8, 8, 1});
  Pad pad{{{0, 0}, {1, 2}, {0, 3}, {0, 0}}, 0};
  const ValueId padded = graph.add(pad, {input}, "pad");
  const Conv conv{{Window{.size = 3}, Window{.size = 3}}, 1, {}};
  graph.set_outputs({graph.add(conv, {padded, constant({3, 3, 1, 2}, 0)}, "conv")});
  run(fold_padding);
  ASSERT_EQ(op_names(), (Names{"Conv"}));
  const auto& windows = std::get<Conv>(graph.nodes()[0].op).windows;
  EXPECT_EQ(windows[0].pad_before, 1);
  EXPECT_EQ(windows[0].pad_after, 2);
  EXPECT_EQ(windows[1].pad_after, 3);
}

TEST_F(PassTest, PaddingBeforeSameConvolutionStays) {
  const ValueId input = image({batch, 8, 8, 1});
  const ValueId padded = graph.add(Pad{{{0, 0}, {1, 1}, {1, 1}, {0, 0}}, 0}, {input}, "pad");
  const Window same{.size = 3, .padding = Padding::same};
  graph.set_outputs(
      {graph.add(Conv{{same, same}, 1, {}}, {padded, constant({3, 3, 1, 2}, 0)}, "conv")});
  run(fold_padding);
  EXPECT_EQ(op_names(), (Names{"Pad", "Conv"}));
}

TEST_F(PassTest, NormalisationBecomesWeights) {
  const ValueId input = image({batch, 2});
  const ValueId kernel = constant({2, 3}, 1);  // 1 2 3 / 4 5 6
  const ValueId bias = constant({3}, 1);       // 1 2 3
  const ValueId product = graph.add(MatMul{}, {input, kernel, bias}, "dense");
  const ValueId scale = constant({3}, 2);  // 2 3 4
  const ValueId shift = constant({3}, 5);  // 5 6 7
  graph.set_outputs({graph.add(Affine{1}, {product, scale, shift}, "norm")});
  run(fold_affine);
  ASSERT_EQ(op_names(), (Names{"MatMul"}));
  const Node& node = graph.nodes()[0];
  const ConstantElements folded_kernel(*graph.value(node.inputs[1]).constant);
  const ConstantElements folded_bias(*graph.value(node.inputs[2]).constant);
  const auto* w = static_cast<const float*>(folded_kernel.data());
  const auto* b = static_cast<const float*>(folded_bias.data());
  EXPECT_EQ(std::vector<float>(w, w + 6), (std::vector<float>{2, 6, 12, 8, 15, 24}));
  EXPECT_EQ(std::vector<float>(b, b + 3), (std::vector<float>{7, 12, 19}));
}

TEST_F(PassTest, NormalisationOfAGivenOutValueStays) {
  const ValueId input = image({batch, 2});
  const ValueId product = graph.add(MatMul{}, {input, constant({2, 3}, 1)}, "dense");
  const ValueId norm = graph.add(Affine{1}, {product, constant({3}, 2), constant({3}, 5)}, "norm");
  graph.set_outputs({norm, product});
  run(fold_affine);
  EXPECT_EQ(op_names(), (Names{"MatMul", "Affine"}));
}

TEST_F(PassTest, OneActivationIsFusedAndTheNextStays) {
  const ValueId input = image({batch, 2});
  ValueId value = graph.add(MatMul{}, {input, constant({2, 3}, 1)}, "dense");
  value = graph.add(relu(), {value}, "dense");
  graph.set_outputs({graph.add(Unary{UnaryFn::tanh}, {value}, "tanh")});
  run(fuse_activations);
  ASSERT_EQ(op_names(), (Names{"MatMul", "Unary"}));
  EXPECT_TRUE(std::get<MatMul>(graph.nodes()[0].op).activation.is_plain_relu());
}

struct PaddedMaximum : PassTest {
  std::vector<std::string> folded(ValueId data, Window window) {
    const ValueId padded = graph.add(Pad{{{0, 0}, {1, 1}, {1, 1}, {0, 0}}, 0}, {data}, "pad");
    graph.set_outputs({graph.add(Pool{PoolFn::max, {window, window}}, {padded}, "pool")});
    run(fold_padding);
    return op_names();
  }
};

TEST_F(PaddedMaximum, TakesThePaddingOverWhereNothingIsNegative) {
  const ValueId data = graph.add(relu(), {image({batch, 8, 8, 3})}, "relu");
  EXPECT_EQ(folded(data, {.size = 3, .stride = 2}), (Names{"Unary", "Pool"}));
  const auto& windows = std::get<Pool>(graph.nodes()[1].op).windows;
  EXPECT_EQ(windows[0].pad_before, 1);
  EXPECT_EQ(windows[1].pad_after, 1);
}

TEST_F(PaddedMaximum, LeavesItWhereZeroCouldBeTheLargest) {
  EXPECT_EQ(folded(image({batch, 8, 8, 3}), {.size = 3, .stride = 2}), (Names{"Pad", "Pool"}));
}

TEST_F(PaddedMaximum, LeavesItWhereAWindowWouldSeeNothing) {
  const ValueId data = graph.add(relu(), {image({batch, 8, 8, 3})}, "relu");
  EXPECT_EQ(folded(data, {.size = 1}), (Names{"Unary", "Pad", "Pool"}));
}

struct Residual : PassTest {
  ValueId conv(ValueId data, std::int64_t groups = 1) {
    return graph.add(Conv{{Window{}, Window{}}, groups, {}},
                     {data, constant({1, 1, 3 / groups, 3}, 0), constant({3}, 0)}, "conv");
  }
  ValueId sum(ValueId a, ValueId b) { return graph.add(Binary{BinaryFn::add}, {a, b}, "add"); }
  std::vector<std::string> fused(ValueId output) {
    graph.set_outputs({output});
    run(fuse_residuals);
    return op_names();
  }
};

TEST_F(Residual, IsAddedByTheConvolutionAndThenActivated) {
  const ValueId input = image({batch, 8, 8, 3});
  graph.set_outputs({graph.add(relu(), {sum(conv(input), input)}, "relu")});
  optimise_for_gpu(graph);
  ASSERT_EQ(op_names(), (Names{"Conv"}));
  EXPECT_EQ(graph.nodes()[0].inputs[3], input);
  EXPECT_TRUE(std::get<Conv>(graph.nodes()[0].op).activation.is_plain_relu());
}

TEST_F(Residual, OfTwoConvolutionsGoesToTheLater) {
  const ValueId input = image({batch, 8, 8, 3});
  const ValueId first = conv(input);
  EXPECT_EQ(fused(sum(first, conv(input))), (Names{"Conv", "Conv"}));
  EXPECT_EQ(graph.nodes()[1].inputs[3], first);
}

TEST_F(Residual, OfAnotherShapeStays) {
  const ValueId input = image({batch, 8, 8, 3});
  EXPECT_EQ(fused(sum(conv(input), graph.add_input("y", {DType::float32, {batch, 1, 8, 3}}))),
            (Names{"Conv", "Binary"}));
}

TEST_F(Residual, OfADepthwiseConvolutionStays) {
  const ValueId input = image({batch, 8, 8, 3});
  EXPECT_EQ(fused(sum(conv(input, 3), input)), (Names{"Conv", "Binary"}));
}

TEST_F(Residual, OfASumThatOthersReadStays) {
  const ValueId made = conv(image({batch, 8, 8, 3}));
  EXPECT_EQ(fused(sum(graph.add(relu(), {made}, "relu"), made)),
            (Names{"Conv", "Unary", "Binary"}));
}

constexpr Clamp relu6_clamp = {0, 6};
const Unary relu6 = {UnaryFn::relu, 0, 6, 0};

struct ClampedInput : PassTest {
  /// Depthwise where `groups` are 4.
  ValueId conv(ValueId data, Unary activation = {}, std::int64_t groups = 1, bool bias = true) {
    const auto in = static_cast<std::int64_t>(4 / groups);
    std::vector<ValueId> inputs = {data, constant({1, 1, in, 4}, 0)};
    if (bias) inputs.push_back(constant({4}, 0));
    return graph.add(Conv{{Window{}, Window{}}, groups, activation}, std::move(inputs), "conv");
  }
  ValueId depthwise(ValueId data, Unary activation = {}) { return conv(data, activation, 4); }

  /// The clamp of the last node.
  Clamp moved(std::vector<ValueId> outputs) {
    graph.set_outputs(std::move(outputs));
    run(clamp_inputs);
    return std::get<Conv>(graph.nodes().back().op).input_clamp;
  }
  const Unary& first_activation() { return std::get<Conv>(graph.nodes().front().op).activation; }

  ValueId input = image({batch, 8, 8, 4});
};

TEST_F(ClampedInput, TakesTheCeilingOfTheConvolutionBefore) {
  EXPECT_EQ(moved({depthwise(conv(input, relu6))}), relu6_clamp);
  EXPECT_TRUE(first_activation().is_identity());
}

TEST_F(ClampedInput, TakesAStepThatClamps) {
  const ValueId sum = graph.add(Binary{BinaryFn::add}, {input, conv(input)}, "add");
  EXPECT_EQ(moved({depthwise(graph.add(Unary{UnaryFn::hard_tanh}, {sum}, "tanh")), sum}),
            (Clamp{-1, 1}));
  EXPECT_EQ(op_names(), (Names{"Conv", "Binary", "Conv"}));
}

TEST_F(ClampedInput, TakesPlainReluWhereNoBiasBringsItAlong) {
  EXPECT_EQ(moved({depthwise(conv(input, relu(), 1, false))}).low, 0);
}

TEST_F(ClampedInput, LeavesWhatCostsNoStep) {
  EXPECT_TRUE(moved({depthwise(conv(input, relu()))}).is_identity());
  EXPECT_TRUE(moved({depthwise(depthwise(input, relu6))}).is_identity());
}

TEST_F(ClampedInput, LeavesWhatIsNoClamp) {
  for (const Unary& unary :
       {Unary{UnaryFn::silu}, Unary{UnaryFn::relu, 0.1F, 6, 0}, Unary{UnaryFn::relu, 0, 6, 1}}) {
    EXPECT_TRUE(moved({depthwise(conv(input, unary))}).is_identity()) << unary.describe();
  }
}

TEST_F(ClampedInput, LeavesWhatOthersReadToo) {
  const ValueId shared = conv(input, relu6);
  const ValueId skipped = conv(shared);
  EXPECT_TRUE(moved({skipped, depthwise(shared)}).is_identity());
  const ValueId given_out = conv(input, relu6);
  EXPECT_TRUE(moved({given_out, depthwise(given_out)}).is_identity());
}

TEST_F(ClampedInput, LeavesWhatTheReaderAddsBesides) {
  const ValueId one_channel = graph.add_input("y", {DType::float32, {batch, 8, 8, 1}});
  const ValueId shared = graph.add(relu6, {one_channel}, "relu");
  const std::vector<ValueId> inputs = {shared, constant({1, 1, 1, 1}, 0), constant({1}, 0), shared};
  EXPECT_TRUE(moved({graph.add(Conv{{Window{}, Window{}}, 1, {}}, inputs, "conv")}).is_identity());
}

TEST_F(ClampedInput, LeavesWhatMoreThanItsOwnChannelReads) {
  EXPECT_TRUE(moved({conv(conv(input, relu6), {}, 1)}).is_identity());
  EXPECT_TRUE(moved({conv(conv(input, relu6), {}, 2)}).is_identity());
  const Conv twofold = {{Window{}, Window{}}, 4, {}};
  const ValueId kernel = constant({1, 1, 1, 8}, 0);
  EXPECT_TRUE(moved({graph.add(twofold, {conv(input, relu6), kernel}, "twofold")}).is_identity());
}

TEST_F(ClampedInput, IsShownByTheGraph) {
  const Conv conv = {{Window{}}, 4, relu(), relu6_clamp};
  EXPECT_EQ(conv.describe(), "1 valid, groups 4, input in [0, 6], relu");
}

TEST(Pipeline, EveryPassIsListedOnce) {
  std::vector<std::string_view> names;
  for (const Pass& pass : pipeline()) names.push_back(pass.name);
  auto unique = names;
  std::sort(unique.begin(), unique.end());
  EXPECT_EQ(std::unique(unique.begin(), unique.end()), unique.end());
  EXPECT_EQ(names.size(), 6U);
}

}  // namespace
}  // namespace keraunos
