#include "runtime/graph/graph.hpp"

#include <gtest/gtest.h>

#include "keraunos/error.hpp"

namespace keraunos {
namespace {

const Dim batch = Dim::symbol("batch");

TensorType floats(Shape shape) { return {DType::float32, std::move(shape)}; }

TEST(Graph, ShapeErrorsComeWhileBuilding) {
  Graph graph;
  const ValueId input = graph.add_input("image", floats({batch, 8, 8, 3}));
  try {
    graph.add(Affine{7}, {input, input, input}, "layer 'norm' (BatchNormalization)");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "axis 7 does not exist in (None, 8, 8, 3)");
  }
}

TEST(Graph, DemandsRememberTheirLayer) {
  Graph graph;
  const ValueId input = graph.add_input("x", floats({batch, Dim::symbol("features")}));
  const ValueId kernel =
      graph.add_constant(make_constant("kernel", {2, 1}, std::vector<float>{1, 2}));
  graph.add(MatMul{}, {input, kernel}, "layer 'dense' (Dense)");
  ASSERT_EQ(graph.demands().size(), 1U);
  EXPECT_EQ(graph.demands()[0].layer, "layer 'dense' (Dense)");
  EXPECT_EQ(graph.demands()[0].left.to_string(), "features");
}

TEST(Graph, CompactDropsWhatNothingNeedsAndSorts) {
  Graph graph;
  const ValueId input = graph.add_input("x", floats({batch, 4}));
  const ValueId unused = graph.add(relu(), {input}, "unused");
  const ValueId first = graph.add(relu(), {input}, "first");
  const ValueId second = graph.add(relu(), {first}, "second");
  graph.set_outputs({second});
  // `second` now reads something that is added after it.
  const ValueId between = graph.add(relu(), {first}, "between");
  graph.node(*graph.producer(second)).inputs = {between};
  graph.compact();
  ASSERT_EQ(graph.nodes().size(), 3U);
  EXPECT_EQ(graph.nodes()[0].layer, "first");
  EXPECT_EQ(graph.nodes()[1].layer, "between");
  EXPECT_EQ(graph.nodes()[2].layer, "second");
  EXPECT_FALSE(graph.producer(unused));
  EXPECT_NO_THROW(graph.verify());
}

TEST(Graph, VerifyFindsAValueReadBeforeItIsMade) {
  Graph graph;
  const ValueId input = graph.add_input("x", floats({batch, 4}));
  const ValueId first = graph.add(relu(), {input}, "first");
  const ValueId second = graph.add(relu(), {first}, "second");
  graph.set_outputs({second});
  graph.node(0).inputs = {second};
  EXPECT_THROW(graph.verify(), Error);
}

TEST(Graph, PrintsOneLinePerNode) {
  Graph graph;
  const ValueId input = graph.add_input("x", floats({batch, 4}));
  graph.set_outputs({graph.add(relu(), {input}, "layer 'act' (ReLU)")});
  EXPECT_EQ(graph.to_text(),
            "%0 = Input 'x' float32 (batch, 4)\n"
            "%1 = Unary[relu](%0) (batch, 4)  # layer 'act' (ReLU)\n"
            "return %1\n");
}

}  // namespace
}  // namespace keraunos
