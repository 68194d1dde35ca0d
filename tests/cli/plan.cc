#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/command.hpp"

namespace keraunos::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json plan_of(const std::string& model, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"plan", golden(model), "--device", "cpu", "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Finished finished = run_command(arguments);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  return json::parse(finished.out);
}

TEST(Plan, ShowsFlattenAsAViewOfTheTensorBeforeIt) {
  const json plan = plan_of("mnist_cnn.keras", {"--shape", "2x12x12x1"});
  json before;
  for (const json& step : plan.at("steps")) {
    if (step.at("op") != "View") {
      before = step;
      continue;
    }
    ASSERT_FALSE(before.is_null());
    EXPECT_THAT(std::string(step.at("layer")), HasSubstr("flatten"));
    EXPECT_EQ(step.at("kernel"), "view");
    EXPECT_EQ(step.at("storage"), before.at("storage"));
    EXPECT_EQ(step.at("offset"), before.at("offset"));
    EXPECT_EQ(step.at("bytes"), before.at("bytes"));
    return;
  }
  FAIL() << "no view in " << plan.dump(2);
}

TEST(Plan, TellsTheSizesThatWereBound) {
  const json plan = plan_of("resizing_front_end.keras", {"--shape", "5x20x24x1"});
  std::vector<std::int64_t> sizes;
  for (const auto& [symbol, size] : plan.at("binding").items()) sizes.push_back(size);
  EXPECT_THAT(sizes, testing::UnorderedElementsAre(5, 20, 24));
  EXPECT_GT(plan.at("arena_bytes"), 0);
  EXPECT_EQ(plan.at("device"), "cpu");
}

TEST(Plan, IsMadeForOneSampleWhereNoShapeIsGiven) {
  const json plan = plan_of("mnist_cnn.keras");
  EXPECT_EQ(plan.at("steps").back().at("dims"), (json{1, 10}));
}

TEST(Plan, TakesShapesByNameInAnyOrder) {
  const json plan = plan_of("graph_two_inputs_two_outputs.keras",
                            {"--shape", "extra=4x3", "--shape", "image=4x6x6x2"});
  EXPECT_EQ(plan.at("binding").at("batch"), 4);
}

TEST(Plan, NamesAnInputThatTheModelHasNot) {
  expect_error(run_command({"plan", golden("mnist_cnn.keras"), "--shape", "picture=1x12x12x1"}),
               {"no input 'picture'", "input_layer"});
}

TEST(Plan, PrintsATable) {
  const Finished finished = run_command({"plan", golden("mnist_cnn.keras"), "--device", "cpu"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  for (const char* word : {"Layer", "Kernel", "Storage", "conv2d", "flatten", "view", "(1, 10)"}) {
    EXPECT_THAT(finished.out, HasSubstr(word));
  }
}

TEST(Plan, RefusesSizesThatTheWeightsDoNotAllow) {
  expect_error(run_command({"plan", golden("flatten_of_none_sequential.keras"), "--device", "cpu",
                            "--shape", "1x40x40x1"}),
               {"dense", "28"});
}

TEST(Plan, RefusesWhatIsNoShape) {
  for (const char* text : {"", "x", "1x", "1xx2", "1,2", "ax2", "99999999999999999999"}) {
    expect_error(run_command({"plan", golden("mnist_cnn.keras"), "--shape", text}),
                 {"is not a shape"});
  }
}

TEST(Plan, NamesAnInputWithoutAShape) {
  expect_error(
      run_command({"plan", golden("graph_two_inputs_two_outputs.keras"), "--shape", "extra=1x4"}),
      {"--shape is missing for input 'image'"});
}

TEST(Plan, RefusesMoreShapesThanInputs) {
  expect_error(run_command({"plan", golden("mnist_cnn.keras"), "--shape", "1x12x12x1", "--shape",
                            "1x12x12x1"}),
               {"--shape was given 2 times, the model has 1 inputs"});
}

TEST(Plan, WantsAShapeWhereTheModelLeavesSizesOpen) {
  expect_error(run_command({"plan", golden("resizing_front_end.keras")}),
               {"--shape is missing", "(batch, height, width, 1) float32"});
}

}  // namespace
}  // namespace keraunos::test
