#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "keraunos/npz.hpp"
#include "tests/cli/command.hpp"

namespace keraunos::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A Lambda that doubles, then nothing.
const std::string doubled = golden("refused/lambda.keras");
const std::string twice = R"({"class_name": "Rescaling", "config": {"scale": 2}})";

TEST(WaysOut, RunReplacesALayer) {
  const TemporaryFolder folder;
  Tensor input(DType::float32, {1, 4});
  for (float& cell : input.as<float>()) cell = 1.5F;
  NamedTensors inputs;
  inputs.emplace_back("input_0", std::move(input));
  save_npz(folder.file("in.npz"), inputs);
  const Finished finished =
      run_command({"run", doubled, "--replace", "doubled=" + twice, "--inputs",
                   folder.file("in.npz"), "--outputs", folder.file("out.npz"), "--device", "cpu"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(load_npz(folder.file("out.npz")).size(), 1U);
}

TEST(WaysOut, TheyAreOptionsOfEveryCommandThatLoads) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("many.json")) << "{\"doubled\": " << twice << "}";
  const std::vector<std::vector<std::string>> commands = {
      {"summary", doubled}, {"explain", doubled}, {"plan", doubled, "--device", "cpu"}};
  for (std::vector<std::string> command : commands) {
    command.insert(command.end(), {"--replace-file", folder.file("many.json")});
    const Finished finished = run_command(command);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_THAT(finished.out, Not(HasSubstr("Lambda")));
  }
}

TEST(WaysOut, OutputsOfCutsTheModel) {
  const Finished finished =
      run_command({"summary", golden("mnist_cnn.keras"), "--outputs-of", "flatten"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("flatten (Flatten)"));
  EXPECT_THAT(finished.out, Not(HasSubstr("(Dense)")));
}

TEST(WaysOut, SayWhatIsWrongWithThem) {
  const TemporaryFolder folder;
  expect_error(run_command({"summary", doubled, "--replace", "doubled"}),
               {"--replace doubled: NAME={\"class_name\": ..."});
  expect_error(run_command({"summary", doubled, "--replace-file", folder.file("none.json")}),
               {"none.json: cannot be read"});
  std::ofstream(folder.file("list.json")) << "[1]";
  expect_error(run_command({"summary", doubled, "--replace-file", folder.file("list.json")}),
               {"list.json: an object"});
  expect_error(
      run_command({"plan", doubled, "--device", "cpu"}),
      {"The code of x reads as `2 * x`", "--replace 'doubled={\"class_name\": \"Rescaling\"",
       "\"scale\": 2, \"offset\": 0"});
}

}  // namespace
}  // namespace keraunos::test
