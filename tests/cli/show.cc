#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/command.hpp"

namespace keraunos::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Summary, ShowsLayersShapesAndParametersAsKerasDoes) {
  const Finished finished = run_command({"summary", golden("mnist_cnn.keras")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  for (const char* word :
       {"conv2d (Conv2D)", "(None, 10, 10, 4)", "flatten (Flatten)", "(None, 100)", "dense (Dense)",
        "1,010", "Total params: 1,050", "Trainable params: 1,050", "Non-trainable params: 0"}) {
    EXPECT_THAT(finished.out, HasSubstr(word));
  }
  EXPECT_THAT(finished.out, Not(HasSubstr("Formula")));  // nothing but the batch is open
}

TEST(Summary, ShowsAFormulaBesideNone) {
  const Finished finished = run_command({"summary", golden("fully_convolutional.keras")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("Formula"));
  EXPECT_THAT(finished.out, HasSubstr("(None, None, None, 4)"));
  EXPECT_THAT(finished.out, HasSubstr("height"));
  EXPECT_THAT(finished.out, Not(HasSubstr("Connected to")));  // each follows the one before
}

TEST(Summary, ShowsConnectionsOfAGraph) {
  const Finished finished = run_command({"summary", golden("squeeze_and_excite.keras")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("Connected to"));
  EXPECT_THAT(finished.out, HasSubstr("depthwise_conv2d, "));
}

TEST(Devices, AlwaysListsTheCpu) {
  const Finished finished = run_command({"devices"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, testing::StartsWith("cpu "));
}

TEST(Devices, GivesTheReasonWhyThereIsNoGpu) {
  const Finished finished =
      run_command({"devices", "--json"}, {.environment = "CUDA_VISIBLE_DEVICES="});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const auto reports = nlohmann::json::parse(finished.out);
  ASSERT_GE(reports.size(), 2U);
  EXPECT_EQ(reports[0].at("name"), "cpu");
  EXPECT_EQ(reports[0].at("available"), true);
  EXPECT_EQ(reports[0].at("reason"), "");
  EXPECT_EQ(reports[1].at("available"), false);
  EXPECT_NE(reports[1].at("reason"), "");
}

}  // namespace
}  // namespace keraunos::test
