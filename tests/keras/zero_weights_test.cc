#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "keraunos/keraunos.hpp"
#include "tests/support/temporary_path.hpp"

namespace keraunos {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

constexpr const char* digits = KERAUNOS_SOURCE_DIR "/samples/digits/digits.keras";

LoadOptions with_zeros() {
  LoadOptions options;
  options.zero_weights = true;
  return options;
}

std::vector<Tensor> run_on_cpu(const Model& model, const Tensor& input) {
  SessionOptions options;
  options.device = Device::cpu;
  Session session(model, options);
  const std::vector<TensorView> inputs = {input.view()};
  return session.run(inputs);
}

std::string written(const char* name, const std::string& text) {
  const std::string path = temporary_path(name);
  std::ofstream(path) << text;
  return path;
}

/// A model of one Dense layer, in JSON.
std::string dense(std::int64_t features, std::int64_t units) {
  return fmt::format(R"({{"module": "keras", "class_name": "Sequential", "config": {{"name": "m",
    "layers": [
      {{"module": "keras.layers", "class_name": "InputLayer",
        "config": {{"name": "i", "batch_shape": [null, {}], "dtype": "float32"}}}},
      {{"module": "keras.layers", "class_name": "Dense",
        "config": {{"name": "d", "units": {}, "use_bias": true,
                    "activation": "sigmoid"}}}}]}}}})",
                     features, units);
}

TEST(ZeroWeights, StandInForThoseOfTheFile) {
  Tensor input(DType::float32, {2, 8, 8, 1});
  for (float& pixel : input.as<float>()) pixel = 3;
  const auto outputs = run_on_cpu(Model::load(digits, with_zeros()), input);
  EXPECT_THAT(outputs.front().as<float>(), Each(::testing::FloatEq(0.1F)))
      << "the softmax of ten zeros";
}

TEST(ZeroWeights, LetAModelInJsonRun) {
  const Model model = Model::load(written("dense.json", dense(3, 5)), with_zeros());
  const auto outputs = run_on_cpu(model, Tensor(DType::float32, {4, 3}));
  EXPECT_EQ(outputs.front().dims(), (Dims{4, 5}));
  EXPECT_THAT(outputs.front().as<float>(), Each(0.5F));
}

TEST(ZeroWeights, AreNotMadeWithoutEnd) {
  const std::string path = written("huge.json", dense(2147483647, 2147483647));
  try {
    Model::load(path, with_zeros());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("layer 'd' (Dense)"));
    EXPECT_THAT(error.what(), HasSubstr("weight 'kernel': zeros of shape (2147483647, 2147483647) "
                                        "cannot be made up"));
  }
}

// Keras counts 4 * 4 * (3 + 4 + 1) in this LSTM.
TEST(LeftOutWeights, AreToldApartInHdf5) {
  const std::string lstm = KERAUNOS_SOURCE_DIR "/tests/golden/cases/whole_h5_lstm.h5";
  EXPECT_EQ(Architecture::load(lstm).summary().trainable_parameters, 128);
  EXPECT_NO_THROW(Model::load(lstm, with_zeros()));
}

}  // namespace
}  // namespace keraunos
