#include "kernels/cuda/problem.hpp"

#include <gmock/gmock.h>

#include <numeric>

#include "kernels/cuda/own/weights.hpp"
#include "runtime/ops/op.hpp"

namespace keraunos::cuda {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;

/// A node with everything that a NodeView points to.
struct Node {
  Op op;
  std::vector<TensorDesc> inputs;
  std::vector<TensorDesc> outputs;
  std::vector<Constant> weights;
  std::vector<const Constant*> constants;

  /// The last `weight_count` inputs are weights.
  Node(Op it, std::vector<Dims> input_dims, Dims output_dims, std::size_t weight_count)
      : op(std::move(it)), weights(weight_count) {
    for (const Dims& dims : input_dims) inputs.push_back({DType::float32, dims});
    outputs.push_back({DType::float32, std::move(output_dims)});
    constants.resize(inputs.size());
    for (std::size_t i = 0; i < weight_count; ++i) {
      constants[inputs.size() - weight_count + i] = &weights[i];
    }
  }
  NodeView view() const { return {op, inputs, outputs, constants}; }
};

Conv conv_of(std::vector<Window> windows, const Unary& activation = {}, std::int64_t groups = 1) {
  Conv conv;
  conv.windows = std::move(windows);
  conv.activation = activation;
  conv.groups = groups;
  return conv;
}

Window same(std::int64_t size, std::int64_t stride) {
  Window window;
  window.size = size;
  window.stride = stride;
  window.padding = Padding::same;
  return window;
}

TEST(ConvProblem, HoldsTheSizesOfTheNode) {
  const Node node(conv_of({same(3, 2), same(5, 1)}, relu(), 2), {{4, 10, 9, 6}, {3, 5, 3, 8}, {8}},
                  {4, 5, 9, 8}, 2);
  const ConvProblem problem = conv_problem(node.view(), Precision::tf32);
  EXPECT_EQ(problem.batch, 4);
  EXPECT_EQ(problem.in_channels, 6);
  EXPECT_EQ(problem.out_channels, 8);
  EXPECT_EQ(problem.groups, 2);
  EXPECT_TRUE(problem.tf32);
  EXPECT_EQ(problem.epilogue, (ConvEpilogue{.bias = true, .relu = true}));
  EXPECT_THAT(problem.axes,
              ElementsAre(WindowAxis{10, 3, 2, 1, 0, 1}, WindowAxis{9, 5, 1, 1, 2, 2}));
  EXPECT_EQ(problem.axes[0].output(), 5);
  EXPECT_EQ(problem.axes[1].output(), 9);
}

TEST(ConvProblem, OneSpatialAxisBecomesTheSecondOfTwo) {
  Window window;
  window.size = 3;
  window.dilation = 2;
  window.padding = Padding::causal;
  const Node node(conv_of({window}), {{2, 20, 4}, {3, 4, 8}}, {2, 20, 8}, 1);
  EXPECT_THAT(conv_problem(node.view(), Precision::float32).axes,
              ElementsAre(WindowAxis{}, WindowAxis{20, 3, 1, 2, 4, 0}));
}

TEST(ConvProblem, CudnnTakesOverReluOnlyAfterABias) {
  const Node without(conv_of({same(3, 1)}, relu()), {{1, 8, 1}, {3, 1, 1}}, {1, 8, 1}, 1);
  const auto epilogue = conv_problem(without.view(), Precision::float32).epilogue;
  EXPECT_EQ(epilogue, ConvEpilogue());
  EXPECT_EQ(remaining_activation(relu(), epilogue), relu());
}

TEST(ConvProblem, ReluWithACeilingStaysWithUs) {
  Unary relu6 = relu();
  relu6.beta = 6;
  const Node node(conv_of({same(3, 1)}, relu6), {{1, 8, 1}, {3, 1, 1}, {1}}, {1, 8, 1}, 2);
  const auto epilogue = conv_problem(node.view(), Precision::float32).epilogue;
  EXPECT_EQ(epilogue, (ConvEpilogue{.bias = true}));
  EXPECT_EQ(remaining_activation(relu6, epilogue), relu6);
  EXPECT_TRUE(remaining_activation(relu(), {.bias = true, .relu = true}).is_identity());
}

TEST(AcceptWeights, NamesWhatItRefuses) {
  Node node(conv_of({same(3, 1)}), {{1, 8, 1}, {3, 1, 1}}, {1, 8, 1}, 1);
  EXPECT_TRUE(accept_weights(node.view()));
  node.inputs[0].dtype = DType::int32;
  EXPECT_EQ(accept_weights(node.view()).reason(), "takes float32, float16 or bfloat16, not int32");
  node.inputs[0].dtype = DType::float16;
  EXPECT_TRUE(accept_weights(node.view()));
  node.inputs[1].dtype = DType::float16;
  EXPECT_EQ(accept_weights(node.view()).reason(), "takes weights in float32, not float16");
  node.inputs[1].dtype = DType::float32;
  node.inputs[0] = {DType::float32, {0, 8, 1}};
  EXPECT_EQ(accept_weights(node.view()).reason(), "takes no empty tensors");
  node.inputs[0] = {DType::float32, {1, 8, 1}};
  node.constants[1] = nullptr;
  EXPECT_EQ(accept_weights(node.view()).reason(), "input 1 is not a weight");
}

TEST(PackFilter, TurnsKerasKernelsIntoCudnnFilters) {
  // Sizes beside and above the tile of the transposition.
  for (const auto& [height, width, in, out] :
       {std::array<std::int64_t, 4>{3, 3, 1, 5}, {2, 5, 7, 33}, {1, 1, 64, 32}, {5, 4, 3, 70}}) {
    std::vector<float> kernel(static_cast<std::size_t>(height * width * in * out));
    std::iota(kernel.begin(), kernel.end(), 0.0F);
    std::vector<float> filter(kernel.size(), -1.0F);
    pack_filter(kernel.data(), filter.data(), height * width * in, out);
    for (std::int64_t k = 0; k < out; ++k) {
      for (std::int64_t r = 0; r < height; ++r) {
        for (std::int64_t s = 0; s < width; ++s) {
          for (std::int64_t c = 0; c < in; ++c) {
            const std::int64_t krsc = ((k * height + r) * width + s) * in + c;
            const std::int64_t hwio = ((r * width + s) * in + c) * out + k;
            ASSERT_THAT(filter[krsc], Eq(kernel[hwio])) << k << r << s << c;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace keraunos::cuda
