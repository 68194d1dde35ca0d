#include "keraunos/custom_layer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "keraunos/keraunos.hpp"
#include "runtime/shape/dim.hpp"
#include "tests/support/message_of.hpp"

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

TEST(CustomLayer, CannotReplaceKerassOwn) {
  EXPECT_THAT(message_of([] { register_custom_layer("Dense", build_scale_and_shift); }),
              HasSubstr("'Dense' is Keras's own"));
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
