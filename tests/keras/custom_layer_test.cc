#include "keraunos/custom_layer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "keraunos/keraunos.hpp"
#include "runtime/shape/dim.hpp"
#include "tests/support/message_of.hpp"
#include "tests/support/temporary_path.hpp"

namespace keraunos {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string model_path =
    KERAUNOS_SOURCE_DIR "/tests/golden/cases/refused/custom_layer_with_weights.keras";

// scale * x + shift, as the Python class of the same name computes it (golden/refused.py).
CustomLayer build_scale_and_shift(const CustomLayerConfig& config,
                                  std::span<const SymbolicTensor> inputs) {
  const auto shift = static_cast<float>(config.number("shift", 0));
  CustomLayer layer;
  layer.weights = {{"scale", {*inputs[0].shape.back().number()}}};
  layer.outputs = {inputs[0]};
  layer.compute = [shift](std::span<const TensorView> in, std::span<const TensorView> weights,
                          std::span<const MutableTensorView> out) {
    const auto* x = static_cast<const float*>(in[0].data);
    const auto* scale = static_cast<const float*>(weights[0].data);
    auto* y = static_cast<float*>(out[0].data);
    const std::int64_t width = in[0].dims.back();
    for (std::int64_t i = 0; i < element_count(in[0].dims); ++i)
      y[i] = scale[i % width] * x[i] + shift;
  };
  return layer;
}

TEST(CustomLayer, RunsTheApplicationsCode) {
  register_custom_layer("tests>ScaleAndShift", build_scale_and_shift);
  Session session(Model::load(model_path), {.device = Device::cpu});
  Tensor input(DType::float32, {2, 4});
  for (int i = 0; i < 8; ++i) input.as<float>()[i] = static_cast<float>(i);
  const std::vector<Tensor> outputs = session.run({{input.view()}});
  EXPECT_THAT(outputs.at(0).as<float>(),
              ElementsAre(0.5F, 1.5F, 4.5F, 9.5F, 0.5F, 5.5F, 12.5F, 21.5F));
  EXPECT_THAT(message_of([] { register_custom_layer("ScaleAndShift", build_scale_and_shift); }),
              HasSubstr("registered already"));
}

/// A model in JSON of one layer of that class, which has no weights.
std::string model_of(const std::string& config) {
  const std::string path = temporary_path("model.json");
  std::ofstream(path) << R"({"module": "keras", "class_name": "Sequential", "config": {"name": "s",
      "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config": {"name": "in",
      "batch_shape": [null, 2], "dtype": "float32"}}, {"module": "", "class_name":
      "UnitNormalization", "config": )"
                      << config << "}]}}";
  return path;
}

Tensor run_on_3_and_4(const std::string& path) {
  Session session(Model::load(path), {.device = Device::cpu});
  Tensor input(DType::float32, {1, 2});
  input.as<float>()[0] = 3;
  input.as<float>()[1] = 4;
  return std::move(session.run({{input.view()}}).at(0));
}

TEST(CustomLayer, StandsForTheAuthorsClassWithTheNameOfKerass) {
  register_custom_layer("UnitNormalization", [](const CustomLayerConfig&, auto inputs) {
    CustomLayer layer;
    layer.outputs = {inputs[0]};
    layer.compute = [](auto in, auto, auto out) {
      for (int i = 0; i < 2; ++i) {
        static_cast<float*>(out[0].data)[i] = -static_cast<const float*>(in[0].data)[i];
      }
    };
    return layer;
  });
  EXPECT_THAT(run_on_3_and_4(model_of(R"({"name": "own"})")).as<float>(), ElementsAre(-3, -4));
  EXPECT_THAT(run_on_3_and_4(model_of(R"({"name": "kerass", "axis": -1})")).as<float>(),
              ElementsAre(0.6F, 0.8F));
}

/// A Lambda and an activation of names that no other test uses.
std::string model_with_code() {
  const std::string path = temporary_path("code.json");
  std::ofstream(path) << R"({"module": "keras", "class_name": "Sequential", "config": {"name": "s",
      "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config":
      {"name": "in", "batch_shape": [null, 2], "dtype": "float32"}},
      {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "tests_lambda", "arguments": {},
       "function": {"class_name": "__lambda__", "config": {"code": "4w==\n"}}}},
      {"module": "keras.layers", "class_name": "Activation", "config": {"name": "act",
       "activation": {"module": "builtins", "class_name": "function", "config": "tests_swish",
                      "registered_name": "tests>tests_swish"}}}]}})";
  return path;
}

TEST(CustomLayer, StandsForALambdaByItsName) {
  const std::string path = model_with_code();
  EXPECT_THAT(message_of([&] { Model::load(path); }),
              HasSubstr("What the code does could not be read"));
  register_custom_layer_by_name(
      "tests_lambda", [](const CustomLayerConfig&, std::span<const SymbolicTensor> inputs) {
        CustomLayer layer;
        layer.outputs = {inputs[0]};
        layer.compute = [](std::span<const TensorView> in, std::span<const TensorView>,
                           std::span<const MutableTensorView> out) {
          for (std::int64_t i = 0; i < element_count(in[0].dims); ++i) {
            static_cast<float*>(out[0].data)[i] = 1 - static_cast<const float*>(in[0].data)[i];
          }
        };
        return layer;
      });
  EXPECT_THAT(message_of([&] { Model::load(path); }),
              HasSubstr("activation 'tests_swish' is not one of Keras's: its code is not in the "
                        "file (an application can bring it: register_custom_activation)"));
  register_custom_activation(
      "tests>tests_swish", [](const TensorView& in, const MutableTensorView& out) {
        for (std::int64_t i = 0; i < element_count(in.dims); ++i) {
          static_cast<float*>(out.data)[i] = 10 * static_cast<const float*>(in.data)[i];
        }
      });
  Session session(Model::load(path), {.device = Device::cpu});
  Tensor input(DType::float32, {1, 2});
  input.as<float>()[0] = 3;
  EXPECT_THAT(session.run({{input.view()}}).at(0).as<float>(), ElementsAre(-20, 10));
  EXPECT_THAT(message_of([] { register_custom_activation("none", {}); }),
              HasSubstr("activation 'none' is registered without a function"));
}

TEST(CustomLayer, NeedsABuilder) {
  EXPECT_THAT(message_of([] { register_custom_layer("Nothing", {}); }),
              HasSubstr("registered without a builder"));
}

TEST(Size, ComputesFormulas) {
  const Size steps(Dim::symbol("steps"));
  EXPECT_EQ(((steps + 3) / 2 - 1).formula(), "(steps+1)//2");
  EXPECT_EQ((Size(3) * 4).number(), 12);
  EXPECT_FALSE((steps * 2).number());
}

}  // namespace
}  // namespace keraunos
