#include <gmock/gmock.h>

#include <fstream>
#include <functional>

#include "keraunos/keraunos.hpp"
#include "tests/support/message_of.hpp"
#include "tests/support/temporary_path.hpp"

// LoadOptions::outputs and LoadOptions::replace: ways to run a file that cannot run as it is.

namespace keraunos {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;
using ::testing::Not;

std::string entry(const std::string& class_name, const std::string& config,
                  const std::string& calls, const std::string& module = "keras.layers") {
  return R"({"module": ")" + module + R"(", "class_name": ")" + class_name + R"(", "config": )" +
         config + R"(, "inbound_nodes": [)" + calls + "]}";
}

std::string input(const std::string& name) {
  return entry("InputLayer",
               R"({"name": ")" + name + R"(", "batch_shape": [null, 2], "dtype": "float32"})", "");
}

std::string tensor(const std::string& layer, int node = 0) {
  return R"({"class_name": "__keras_tensor__", "config": {"keras_history": [")" + layer + R"(", )" +
         std::to_string(node) + ", 0]}}";
}

std::string call(const std::string& arguments) {
  return R"({"args": [)" + arguments + R"(], "kwargs": {}})";
}

std::string rescaling(const std::string& name, double scale, const std::string& calls) {
  return entry(
      "Rescaling",
      R"({"name": ")" + name + R"(", "offset": 0, "scale": )" + std::to_string(scale) + "}", calls);
}

std::string references(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "[\"" : ", [\"") + name + "\", 0, 0]";
  }
  return "[" + text + "]";
}

std::string functional(const std::string& layers, const std::vector<std::string>& inputs,
                       const std::string& outputs, const std::string& name = "m") {
  return R"("config": {"name": ")" + name + R"(", "layers": [)" + layers +
         R"(], "input_layers": )" + references(inputs) + R"(, "output_layers": )" + outputs + "}";
}

std::string model_file(const std::string& functional_config) {
  const std::string path = temporary_path("model.json");
  std::ofstream(path) << R"({"module": "keras", "class_name": "Functional", )" << functional_config
                      << "}";
  return path;
}

/// x -> double -> mystery(double, y) -> half, and double called on y too.
std::string mystery_model() {
  return model_file(
      functional(input("x") + ", " + input("y") + ", " +
                     rescaling("double", 2, call(tensor("y")) + ", " + call(tensor("x"))) + ", " +
                     entry("Mystery", R"({"name": "mystery"})",
                           call(tensor("double", 1) + ", " + tensor("y")), "tests") +
                     ", " + rescaling("half", 0.5, call(tensor("mystery"))),
                 {"x", "y"}, references({"half"})));
}

LoadOptions outputs_of(std::vector<std::string> layers) {
  LoadOptions options;
  options.outputs = std::move(layers);
  return options;
}

LoadOptions replacing(const std::string& layer, const std::string& config) {
  LoadOptions options;
  options.replace = {{layer, config}};
  return options;
}

std::vector<float> run(const Model& model, std::size_t inputs = 1) {
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < inputs; ++i) {
    tensors.emplace_back(DType::float32, Dims{1, 2});
    tensors.back().as<float>()[0] = 1;
    tensors.back().as<float>()[1] = 3;
  }
  std::vector<TensorView> views;
  for (const Tensor& tensor : tensors) views.push_back(tensor.view());
  SessionOptions options;
  options.device = Device::cpu;
  std::vector<float> cells;
  for (const Tensor& output : Session(model, options).run(views)) {
    for (const float cell : output.as<float>()) cells.push_back(cell);
  }
  return cells;
}

TEST(WaysOut, OutputsNeedNothingBehindThem) {
  const Model model = Model::load(mystery_model(), outputs_of({"double"}));
  ASSERT_EQ(model.inputs().size(), 1U) << "the first call is on y, and x is gone";
  EXPECT_EQ(model.inputs()[0].name, "y");
  EXPECT_EQ(model.outputs().at(0).name, "double");
  EXPECT_FALSE(model.outputs().at(0).intermediate);
  EXPECT_THAT(run(model), ElementsAre(2, 6));
}

TEST(WaysOut, RefusalsNameTheLayersBefore) {
  const std::string message = message_of([] { Model::load(mystery_model()); });
  EXPECT_THAT(message, HasSubstr("layer 'mystery' (Mystery): class tests.Mystery is not one of "
                                 "Keras's layers"));
  EXPECT_THAT(message, HasSubstr("run what stands before it (--outputs-of double)"));
  EXPECT_THAT(message, HasSubstr("(--replace 'mystery={\"class_name\": ..."));
}

TEST(WaysOut, OutputsThatAreNoLayers) {
  EXPECT_THAT(message_of([] { Model::load(mystery_model(), outputs_of({"dubble"})); }),
              HasSubstr("the model has no layer 'dubble'; it has double, half, mystery"));
  EXPECT_THAT(message_of([] { Model::load(mystery_model(), outputs_of({"x"})); }),
              HasSubstr("'x' is an input of the model: no layer computes it"));
}

/// x -> inner model (inside -> unknown) -> nothing that could run.
std::string nested_model() {
  const std::string inner =
      R"({"module": "keras", "class_name": "Functional", )" +
      functional(input("in") + ", " + rescaling("inside", 3, call(tensor("in"))) + ", " +
                     entry("Mystery", R"({"name": "mystery"})", call(tensor("inside")), "tests"),
                 {"in"}, references({"mystery"}), "inner") +
      R"(, "inbound_nodes": [)" + call(tensor("x")) + "]}";
  return model_file(functional(input("x") + ", " + inner, {"x"}, R"([["inner", 1, 0]])"));
}

TEST(WaysOut, OutputsInsideANestedModel) {
  EXPECT_THAT(run(Model::load(nested_model(), outputs_of({"inner/inside"}))), ElementsAre(3, 9));
  EXPECT_THAT(message_of([] { Model::load(nested_model()); }),
              HasSubstr("--outputs-of inner/inside"));
  EXPECT_THAT(message_of([] { Model::load(nested_model(), outputs_of({"inner/nothing"})); }),
              HasSubstr("the model has no layer 'nothing'; it has inside, mystery"));
}

TEST(WaysOut, ReplacedLayersRun) {
  const std::string subtract = R"({"class_name": "Subtract", "config": {"name": "any"}})";
  const Model model = Model::load(mystery_model(), replacing("mystery", subtract));
  EXPECT_THAT(run(model, 2), ElementsAre(FloatEq(0.5F), FloatEq(1.5F)));
  const std::string inner = R"({"class_name": "Rescaling", "config": {"scale": -1}})";
  EXPECT_THAT(run(Model::load(nested_model(), replacing("inner/mystery", inner))),
              ElementsAre(-3, -9));
}

TEST(WaysOut, ReplacementsInTheWordsOfKeras2) {
  const std::string old = R"({"class_name": "LeakyReLU", "config": {"alpha": 0.5}})";
  EXPECT_THAT(run(Model::load(nested_model(), replacing("inner/mystery", old))), ElementsAre(3, 9));
}

TEST(WaysOut, ReplacementsByAnOperation) {
  const std::string sum =
      R"({"module": "keras.ops", "class_name": "Sum", "config": {"axis": 1, "keepdims": true}})";
  EXPECT_THAT(run(Model::load(nested_model(), replacing("inner/mystery", sum))), ElementsAre(12));
}

TEST(WaysOut, ReplacementsThatAreNone) {
  const auto message = [](const std::string& layer, const std::string& config) {
    return message_of([&] { Model::load(mystery_model(), replacing(layer, config)); });
  };
  const std::string identity = R"({"class_name": "Identity", "config": {}})";
  EXPECT_THAT(message("mistery", identity),
              HasSubstr("replacement of layer 'mistery': the model has no layer 'mistery'; it has "
                        "mystery"));
  EXPECT_THAT(message("mystery", "Identity"), HasSubstr("a layer's config in JSON is wanted"));
  EXPECT_THAT(message("mystery", "{}"), HasSubstr("{} is no layer's config like"));
  EXPECT_THAT(message("mystery", R"({"class_name": "Rescalling", "config": {}})"),
              HasSubstr("Did you mean 'Rescaling'?"));
  LoadOptions twice;
  twice.replace = {{"mystery", identity}, {"mystery", identity}};
  EXPECT_THAT(message_of([&] { Model::load(mystery_model(), twice); }),
              HasSubstr("the layer is replaced twice"));
}

TEST(WaysOut, ManyReplacementsInOneText) {
  const auto many =
      replacements_from_json(R"({"a": {"class_name": "ReLU", "config": {}}, "b": 1})");
  ASSERT_EQ(many.size(), 2U);
  EXPECT_EQ(many[0].layer, "a");
  EXPECT_EQ(many[0].config, R"({"class_name":"ReLU","config":{}})");
}

}  // namespace
}  // namespace keraunos
