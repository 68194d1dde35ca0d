#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "keraunos/keraunos.hpp"

// A model of two inputs, strings and int64, with an inverse lookup and a lookup behind them.

namespace keraunos {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string path = KERAUNOS_SOURCE_DIR "/tests/golden/cases/string_inputs.keras";

constexpr std::array<std::string_view, 4> words = {"red", "none", "blue", ""};

Tensor numbers() {
  Tensor tensor(DType::int64, {1, 4});
  tensor.as<std::int64_t>()[0] = 1;
  tensor.as<std::int64_t>()[1] = 99;
  tensor.as<std::int64_t>()[2] = 4;
  return tensor;
}

std::vector<std::string> texts_of(const Tensor& tensor) {
  std::vector<std::string> texts;
  for (const StringElement& element : tensor.as<StringElement>()) {
    texts.emplace_back(element.view());
  }
  return texts;
}

TEST(StringSession, OutputsOutliveTheModel) {
  std::vector<Tensor> outputs;
  {
    Session session(Model::load(path), {.device = Device::cpu});
    const Tensor strings = Tensor::of_strings({1, 4}, words);
    const Tensor integers = numbers();
    outputs = session.run(std::array<TensorView, 2>{strings.view(), integers.view()});
  }
  EXPECT_THAT(texts_of(outputs.at(0)), ElementsAre("red", "[UNK]", "Grün", "[UNK]"));
  const auto found = outputs.at(1).as<std::int64_t>();
  EXPECT_THAT(std::vector<std::int64_t>(found.begin(), found.end()), ElementsAre(1, 0, 3, 0));
}

TEST(StringSession, NumbersAreNoStrings) {
  Session session(Model::load(path), {.device = Device::cpu});
  const Tensor integers = numbers();
  try {
    session.run(std::array<TensorView, 2>{integers.view(), integers.view()});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_THAT(error.what(), HasSubstr("is int64, the model wants string"));
  }
}

TEST(StringSession, TheInputsAreDeclaredAsStrings) {
  const Model model = Model::load(path);
  EXPECT_EQ(model.inputs()[0].dtype, DType::string);
  EXPECT_EQ(model.outputs()[0].dtype, DType::string);
}

}  // namespace
}  // namespace keraunos
