#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "keraunos/custom_layer.hpp"
#include "keraunos/keraunos.hpp"
#include "runtime/keras/weights.hpp"
#include "tests/support/message_of.hpp"
#include "tests/support/temporary_path.hpp"

// Refusals that no file alone brings about: those of options, and of the application's own layers.

namespace keraunos {
namespace {

using ::testing::HasSubstr;

/// A model in JSON of one layer, which has no weights.
std::string model_of(const std::string& layer, const std::string& input = "[null, 4]") {
  const std::string path = temporary_path("model.json");
  std::ofstream(path) << R"({"module": "keras", "class_name": "Sequential", "config": {"name": "s",
      "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config":
      {"name": "in", "batch_shape": )"
                      << input << R"(, "dtype": "float32"}}, )" << layer
                      << R"(]}, "registered_name": null, "build_config": null})";
  return path;
}

TEST(Refusal, OfALayerThatTheModelHasNot) {
  const std::string digits = KERAUNOS_SOURCE_DIR "/samples/digits/digits.keras";
  LoadOptions options;
  options.layers = {"nowhere"};
  EXPECT_THAT(message_of([&] { Model::load(digits, options); }),
              HasSubstr("the model has no layer 'nowhere'; it has "));
}

TEST(Refusal, OfAnApplicationsLayerWithoutOutputs) {
  register_custom_layer(
      "tests>Nothing",
      [](const CustomLayerConfig&, std::span<const SymbolicTensor>) { return CustomLayer(); });
  const std::string path = model_of(R"({"module": "tests", "class_name": "Nothing",
      "registered_name": "tests>Nothing", "config": {"name": "nothing"}})");
  EXPECT_THAT(message_of([&] { Model::load(path); }),
              HasSubstr("the application's layer has no outputs or no function"));
}

/// The problem that explaining names, of the first layer that has one.
std::string problem_of(const Explanation& told) {
  for (const LayerExplanation& layer : told.layers) {
    if (!layer.problem.empty()) return layer.problem;
  }
  return "no problem";
}

TEST(Refusal, OfAModelInAWrapperWithAnUnknownLayer) {
  const std::string path = model_of(R"({"module": "keras.layers", "class_name": "TimeDistributed",
      "registered_name": null, "config": {"name": "each", "layer": {"module": "keras",
      "class_name": "Sequential", "registered_name": null, "config": {"name": "inner", "layers": [
      {"module": "keras.layers", "class_name": "InputLayer", "config":
      {"name": "in2", "batch_shape": [null, 2], "dtype": "float32"}},
      {"module": "tests", "class_name": "Mystery", "registered_name": "tests>Mystery",
      "config": {"name": "mystery"}}]}}}})",
                                    "[null, 3, 2]");
  EXPECT_THAT(problem_of(Architecture::load(path).explain()),
              HasSubstr("a layer of the model 'each/inner' is unknown"));
}

TEST(Refusal, OfWeightsInTooManyParts) {
  const std::string index = temporary_path("model.weights.json");
  {
    std::ofstream file(index);
    file << R"({"metadata": {}, "weight_map": {)";
    for (int i = 0; i <= 10'000; ++i) {
      file << (i == 0 ? "" : ",") << "\"/layers/l" << i << "\": \"part" << i << ".weights.h5\"";
    }
    file << "}}";
  }
  LoadOptions options;
  options.weights = index;
  const std::string path = model_of(R"({"module": "keras.layers", "class_name": "ReLU",
      "registered_name": null, "config": {"name": "relu"}})");
  EXPECT_THAT(message_of([&] { Model::load(path, options); }),
              HasSubstr("the weights have more than 10000 parts"));
}

TEST(Refusal, OfAWeightTooLargeToStandInFor) {
  EXPECT_THAT(message_of([] {
                keras::stand_in_count({Dim(1 << 14), Dim(1 << 13)});
              }),
              HasSubstr("a weight of shape (16384, 8192) cannot be left out"));
}

}  // namespace
}  // namespace keraunos
