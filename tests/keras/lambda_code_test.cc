#include "runtime/keras/python_code/lambda_code.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <random>

#include "keraunos/keraunos.hpp"
#include "runtime/file/json.hpp"
#include "runtime/keras/python_code/decompile.hpp"
#include "tests/support/message_of.hpp"

// What tests/golden/lambda_code.py made: bytecode of many Pythons, and Lambdas with their results.

namespace keraunos {
namespace {

using file::Json;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string folder = KERAUNOS_SOURCE_DIR "/tests/golden/cases/lambda_code/";

Json read_json(const std::string& name) {
  std::ifstream file(folder + name, std::ios::binary);
  return Json::parse(std::string{std::istreambuf_iterator<char>(file), {}});
}

std::string bytes_of(std::string_view hexadecimal) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hexadecimal.size(); i += 2) {
    bytes.push_back(
        static_cast<char>(std::stoi(std::string(hexadecimal.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

TEST(LambdaCode, OfEveryPythonReadsAsItWasWritten) {
  const Json versions = read_json("bytecode.json");
  EXPECT_EQ(versions.size(), 9U) << "2.7, 3.6 to 3.13";
  for (const auto [version, codes] : versions.members()) {
    for (const auto [text, code] : codes.members()) {
      const auto read = keras::python::decompile(bytes_of(code.as_string()));
      const std::string got = read ? keras::python::to_text(read->result) : "unreadable";
      const bool is_no_expression =
          text == "x if s else 1" || text == "[y for y in x]" || text == "lambda: x";
      const std::string wanted =
          is_no_expression ? "unreadable"
          : text == "sampling"
              ? "args[0] + K.exp(args[1] / 2) * K.random_normal(shape=(K.shape(args[0])[0], 2))"
              : std::string(text);
      EXPECT_EQ(got, wanted) << "Python " << version;
    }
  }
}

TEST(LambdaCode, ThatIsDamagedIsNeverTrusted) {
  const Json versions = read_json("bytecode.json");
  std::mt19937 random(1);
  for (const auto [version, codes] : versions.members()) {
    for (const auto [text, code] : codes.members()) {
      const std::string whole = bytes_of(code.as_string());
      for (std::size_t size = 0; size < whole.size(); size += 29) {
        EXPECT_FALSE(keras::python::decompile(whole.substr(0, size)));
      }
      for (int i = 0; i < 20; ++i) {
        std::string damaged = whole;
        damaged[random() % damaged.size()] = static_cast<char>(random());
        keras::python::decompile(damaged);  // any answer, and no fault
      }
    }
  }
}

TEST(LambdaCode, ThatIsNoneIsRefused) {
  EXPECT_THAT(message_of([] { keras::python::read_code("N", keras::python::CodeLayout::python2); }),
              HasSubstr("marshalled Python code: no code object"));
}

TEST(LambdaCode, OfTuplesOfTuplesIsBounded) {
  // A constant of 30 levels, each twice the one before: ")\x02" with a reference to itself.
  std::string constants = "(" + std::string("\x1f\0\0\0", 4) + std::string("\xa9\0", 2);
  for (char level = 0; level < 30; ++level) {
    constants += std::string("\xa9\x02", 2);
    for (int i = 0; i < 2; ++i) constants += "r" + std::string(1, level) + std::string(3, '\0');
  }
  const auto number = [](char value) { return std::string(1, value) + std::string(3, '\0'); };
  const std::string code = "c" + number(1) + number(0) + number(1) + number(1) + number(0) + "s" +
                           number(4) + std::string("d\x1eS\0", 4) + constants + ")" +
                           std::string(1, '\0') + ")\x01z\x01x" + ")" + std::string(1, '\0') + ")" +
                           std::string(1, '\0') + "z\x01" + "fz\x01n" + number(1) + "s" + number(0);
  EXPECT_FALSE(keras::python::decompile(code));
}

Tensor run(const Model& model, const NamedTensors& arrays) {
  SessionOptions options;
  options.device = Device::cpu;
  std::vector<TensorView> inputs;
  for (const TensorInfo& info : model.inputs()) {
    const std::string name = "input_" + info.name.substr(1);
    for (const auto& [key, array] : arrays) {
      if (key == name) inputs.push_back(array.view());
    }
  }
  return std::move(Session(model, options).run(inputs).at(0));
}

void expect_near(const Tensor& got, const Tensor& wanted) {
  ASSERT_EQ(got.dims(), wanted.dims());
  for (std::size_t i = 0; i < got.as<float>().size(); ++i) {
    ASSERT_NEAR(got.as<float>()[i], wanted.as<float>()[i], 1e-5) << "cell " << i;
  }
}

// The command that a refusal suggests, as options.
LoadOptions suggested(const std::string& message) {
  constexpr std::string_view start = "--replace 'code=";
  const std::size_t from = message.find(start) + start.size();
  LoadOptions options;
  options.replace = {{"code", message.substr(from, message.find('\'', from) - from)}};
  return options;
}

TEST(LambdaCode, SuggestsWhatKerasComputes) {
  for (const Json entry : read_json("index.json").elements()) {
    const std::string name(entry.at("name").as_string());
    SCOPED_TRACE(name);
    const std::string path = folder + name + ".json";
    const std::string message = message_of([&] { Model::load(path); });
    EXPECT_THAT(message,
                HasSubstr("layer 'code' (Lambda): Lambda holds Python code, which is never "
                          "run. The code of x reads as `" +
                          std::string(entry.at("reads").as_string()) + "`"));
    if (!entry.at("suggested").as_bool()) {
      EXPECT_THAT(message, Not(HasSubstr("if that is right")));
      continue;
    }
    EXPECT_THAT(message, HasSubstr("; if that is right, this layer does the same: --replace"));
    const NamedTensors arrays = load_arrays(folder + name + ".npz");
    const auto output = std::find_if(arrays.begin(), arrays.end(),
                                     [](const auto& array) { return array.first == "output"; });
    expect_near(run(Model::load(path, suggested(message)), arrays), output->second);
  }
}

TEST(LambdaCode, ThatCannotBeReadIsSaidToBe) {
  EXPECT_EQ(
      keras::python::describe_lambda(Json::parse(R"({"function": ["4wAAAA==", null, null]})"), "l"),
      "What the code does could not be read");
  EXPECT_EQ(keras::python::describe_lambda(Json::parse("{}"), "l"),
            "What the code does could not be read");
}

}  // namespace
}  // namespace keraunos
