#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "kernels/cuda/problem.hpp"
#include "runtime/exec/bind.hpp"
#include "runtime/exec/loaded_model.hpp"
#include "tests/cuda/support/device_descriptions.hpp"

// Every convolution that a network leaves to cuDNN has an engine, on every GPU generation, in every
// precision, for one image and for 32: shown without a GPU, by building the plans for described
// ones.

namespace keraunos::cuda {
namespace {

/// The convolutions of a network of tests/cuda/double/networks that are not depthwise.
std::set<ConvProblem> problems_of(const std::string& name, std::int64_t size, std::int64_t batch,
                                  Precision precision) {
  const auto model = load_model(
      KERAUNOS_SOURCE_DIR "/tests/cuda/double/networks/" + name + ".keras", LoadOptions());
  const Graph& graph = model->graph_for_gpu(precision, {DType::float32});
  const Binding binding = bind_inputs(*model, {{batch, size, size, 3}});
  const auto desc = [&](ValueId id) {
    return TensorDesc{graph.type(id).dtype, evaluate(graph.shape(id), binding)};
  };
  std::set<ConvProblem> problems;
  for (const Node& node : graph.nodes()) {
    const auto* const conv = std::get_if<Conv>(&node.op);
    if (conv == nullptr || conv->groups != 1) continue;
    std::vector<TensorDesc> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(desc(input));
    const std::vector<TensorDesc> outputs = {desc(node.outputs[0])};
    problems.insert(conv_problem({node.op, inputs, outputs, {}}, precision));
  }
  return problems;
}

struct Network {
  const char* name;
  std::int64_t size;
  std::size_t problems;  // distinct ones, of one image in float32
};
constexpr Network networks[] = {{"ResNet50", 224, 21}, {"VGG16", 32, 9}, {"MobileNetV2", 224, 20}};

TEST(NetworkConvs, AreAsManyAsTheNetworksHave) {
  for (const Network& network : networks) {
    EXPECT_EQ(problems_of(network.name, network.size, 1, Precision::float32).size(),
              network.problems)
        << network.name;
  }
}

class NetworkConvPlans : public ::testing::TestWithParam<std::string> {};

TEST_P(NetworkConvPlans, ExistInEveryPrecision) {
  KERAUNOS_NEED_CUDNN();
  const PlanTarget target = testing::described_gpu(GetParam());
  for (const Precision precision :
       {Precision::float32, Precision::tf32, Precision::float16, Precision::bfloat16}) {
    // Turing has no bfloat16.
    if (GetParam() == "t4" && precision == Precision::bfloat16) continue;
    for (const Network& network : networks) {
      for (const std::int64_t batch : {1, 32}) {
        for (const auto& problem : problems_of(network.name, network.size, batch, precision)) {
          EXPECT_NO_THROW(build_conv_plan(target, problem)) << to_string(problem);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(On, NetworkConvPlans, ::testing::ValuesIn(testing::described_gpus()),
                         [](const auto& gpu) { return gpu.param; });

}  // namespace
}  // namespace keraunos::cuda
