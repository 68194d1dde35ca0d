#include <gmock/gmock.h>

#include <fstream>

#include "keraunos/keraunos.hpp"
#include "runtime/file/json.hpp"
#include "runtime/keras/legacy_leaves.hpp"
#include "tests/support/message_of.hpp"
#include "tests/support/model_json.hpp"
#include "tests/support/temporary_path.hpp"

// Models that are small as files and large in memory or time: each meets a limit of LoadOptions,
// which is lowered here, and runs where it is not.

namespace keraunos {
namespace {

using namespace model_json;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string written(const std::string& config) {
  std::string path = temporary_path("model.json");
  std::ofstream(path) << config;
  return path;
}

LoadOptions with(std::uint64_t LoadLimits::*limit, std::uint64_t value) {
  LoadOptions options;
  options.zero_weights = true;
  options.limits.*limit = value;
  return options;
}

std::string numbered(int i) { return fmt::format("r{}", i); }

TEST(LoadLimits, HaveNamesThatAreTheirMembers) {
  EXPECT_THAT(load_limits(), SizeIs(sizeof(LoadLimits) / sizeof(std::uint64_t)));
  EXPECT_EQ(load_limits().front().name, "inflated_bytes");
  EXPECT_EQ(load_limits().front().value, &LoadLimits::inflated_bytes);
}

TEST(LoadLimits, EndTheOperationsOfModelsThatAreCalledTwice) {
  const std::string path = written(doubling(12));
  const auto load = [&](std::uint64_t operations) {
    return message_of([&] { Model::load(path, with(&LoadLimits::operations, operations)); });
  };
  EXPECT_EQ(load(6142), "no error") << "2^11 activations and 2^12 - 2 calls of models";
  EXPECT_THAT(load(1000), HasSubstr("1001 operations; the limit is 1000 (LoadLimits::operations, "
                                    "--limit operations=N)"));
  EXPECT_THAT(
      message_of([&] { Model::load(written(doubling(48)), with(&LoadLimits::operations, 1000)); }),
      HasSubstr("1001 operations; the limit is 1000"));
}

TEST(LoadLimits, EndTheValuesAndTheDepthOfAConfig) {
  const std::string path = written(doubling(2));
  EXPECT_THAT(
      message_of([&] { Model::load(path, with(&LoadLimits::config_values, 50)); }),
      HasSubstr("51 values in a config; the limit is 50 (LoadLimits::config_values, --limit "
                "config_values=N)"));
  EXPECT_THAT(
      message_of([&] { Model::load(path, with(&LoadLimits::config_depth, 3)); }),
      HasSubstr("4 levels of nesting in a config; the limit is 3 (LoadLimits::config_depth"));
}

TEST(LoadLimits, EndTheDepthOfModelsInModels) {
  const std::string path = written(doubling(5));
  EXPECT_EQ(message_of([&] { Model::load(path, with(&LoadLimits::layer_depth, 4)); }), "no error");
  EXPECT_THAT(message_of([&] { Model::load(path, with(&LoadLimits::layer_depth, 3)); }),
              HasSubstr("4 levels of layers in layers; the limit is 3 (LoadLimits::layer_depth"));
}

TEST(LoadLimits, EndTheDepthOfModelsInOldFiles) {
  EXPECT_THAT(message_of([] { keras::leaves_of(file::Json::parse(doubling(60)).at("config")); }),
              HasSubstr("models are nested more than 50 deep"));
}

std::string wrapped(int depth, const std::string& name) {
  std::string model = R"({"module": "keras.layers", "class_name": "ReLU", "registered_name": null,
      "config": {"name": "relu", "max_value": null, "negative_slope": 0.0, "threshold": 0.0}})";
  for (int i = 0; i < depth; ++i) {
    model = fmt::format(R"({{"module": "keras.layers", "class_name": "TimeDistributed",
        "registered_name": null, "config": {{"name": "{}{}", "layer": {}}}}})",
                        name, i, model);
  }
  return fmt::format(R"({{"module": "keras", "class_name": "Sequential", "config": {{"name": "s",
      "layers": [{}, {}]}}, "registered_name": null}})",
                     input("x", "[null, 2, 2, 2, 2, 2, 2, 2, 4]"), model);
}

TEST(LoadLimits, EndTheDepthOfLayersInLayers) {
  const std::string path = written(wrapped(6, "w"));
  EXPECT_EQ(message_of([&] { Model::load(path); }), "no error");
  EXPECT_THAT(message_of([&] { Model::load(path, with(&LoadLimits::layer_depth, 5)); }),
              HasSubstr("6 levels of layers in layers; the limit is 5 (LoadLimits::layer_depth"));
}

TEST(LoadLimits, EndTheNamesThatLayersInLayersRepeat) {
  const std::string path = written(wrapped(6, std::string(10'000, 'n')));
  const std::string message =
      message_of([&] { Model::load(path, with(&LoadLimits::name_bytes, 100'000)); });
  EXPECT_THAT(message, HasSubstr("bytes of layer names; the limit is 100000 (LoadLimits::name_by"));
  EXPECT_LT(message.size(), 10'000U) << "a name is shortened wherever it stands";
  EXPECT_EQ(message_of([&] { Model::load(path); }), "no error");
}

TEST(LoadLimits, EndTheFormulasThatEveryLayerKeeps) {
  std::vector<std::string> layers;
  std::vector<std::string> tensors;
  std::vector<std::string> inputs;
  for (int i = 0; i < 300; ++i) {
    const std::string name = fmt::format("i{}_{}", i, std::string(500, 'q'));
    layers.push_back(input(name, "[null, null, 4]"));
    tensors.push_back(tensor(name));
    inputs.push_back(fmt::format("[\"{}\", 0, 0]", name));
  }
  layers.push_back(layer("Concatenate", "c", {call(fmt::format("[{}]", fmt::join(tensors, ",")))},
                         ", \"axis\": 1"));
  std::string last = "c";
  for (int i = 0; i < 20; ++i) {
    layers.push_back(relu(numbered(i), last));
    last = numbered(i);
  }
  std::string config = functional("sum", layers, "-", last);
  config.replace(config.find("[\"-\", 0, 0]"), std::string_view("[\"-\", 0, 0]").size(),
                 fmt::format("{}", fmt::join(inputs, ",")));
  const std::string path = written(config);
  const Model model = Model::load(path);
  EXPECT_LT(model.outputs().front().axes.at(1).formula.size(), 300U * 70U)
      << "a part of the long names stands for them";
  EXPECT_THAT(
      message_of([&] { Model::load(path, with(&LoadLimits::formula_bytes, 200'000)); }),
      HasSubstr("bytes of formulas of sizes; the limit is 200000 (LoadLimits::formula_byte"));
  const Architecture architecture =
      Architecture::load(path, with(&LoadLimits::text_bytes, 100'000));
  for (const auto& work : {std::function<void()>([&] { architecture.summary(); }),
                           std::function<void()>([&] { architecture.explain(); })}) {
    EXPECT_THAT(
        message_of(work),
        HasSubstr("bytes of text about the layers; the limit is 100000 (LoadLimits::text_"));
  }
}

TEST(LoadLimits, EndTheBytesOfAllWeights) {
  std::vector<std::string> layers = {input("x")};
  std::string last = "x";
  for (int i = 0; i < 3; ++i) {
    layers.push_back(layer("Dense", numbered(i), {call(tensor(last))},
                           R"(, "units": 4, "activation": "linear", "use_bias": false)"));
    last = numbered(i);
  }
  LoadOptions options = with(&LoadLimits::weight_bytes, 3 * 64);
  options.limits.inflate_ratio = 0;
  const std::string path = written(functional("m", layers, "x", last));
  EXPECT_EQ(message_of([&] { Model::load(path, options); }), "no error");
  options.limits.weight_bytes -= 1;
  EXPECT_THAT(message_of([&] { Model::load(path, options); }),
              HasSubstr("192 bytes of weights; the limit is 191 (LoadLimits::weight_bytes"));
}

TEST(LoadLimits, AreFarFromLongChains) {
  const Model model = Model::load(written(chain(10'000, numbered)));
  EXPECT_THAT(model.summary().layers, SizeIs(10'001));
}

TEST(LoadLimits, CountOutputsAsActivations) {
  SessionOptions options;
  options.device = Device::cpu;
  options.max_activation_bytes = 64 * 16;
  LoadOptions load;
  load.all_layers = true;
  const std::string path = written(chain(8, numbered));
  const std::vector<Dims> sizes = {{32, 4}};
  Session few(Model::load(path), options);
  EXPECT_EQ(message_of([&] { few.plan(sizes); }), "no error");
  Session many(Model::load(path, load), options);
  EXPECT_THAT(message_of([&] { many.plan(sizes); }),
              HasSubstr("and the outputs 4608 and 0; the limit is 1024 "
                        "(SessionOptions::max_activation_bytes"));
}

}  // namespace
}  // namespace keraunos
