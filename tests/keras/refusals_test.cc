#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "keraunos/custom_layer.hpp"
#include "keraunos/keraunos.hpp"
#include "runtime/keras/weights.hpp"

// Refusals that no file alone brings about: those of options, and of the application's own layers.

namespace keraunos {
namespace {

using ::testing::HasSubstr;

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

/// A model in JSON of one layer, which has no weights.
std::string model_of(const std::string& layer) {
  const std::string path = testing::TempDir() + "keraunos_refusal.json";
  std::ofstream(path) << R"({"module": "keras", "class_name": "Sequential", "config": {"name": "s",
      "layers": [{"module": "keras.layers", "class_name": "InputLayer", "config":
      {"name": "in", "batch_shape": [null, 4], "dtype": "float32"}}, )"
                      << layer << R"(]}, "registered_name": null, "build_config": null})";
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

TEST(Refusal, OfAWeightTooLargeToStandInFor) {
  EXPECT_THAT(message_of([] {
                keras::stand_in_count({Dim(1 << 14), Dim(1 << 13)});
              }),
              HasSubstr("a weight of shape (16384, 8192) cannot be left out"));
}

}  // namespace
}  // namespace keraunos
