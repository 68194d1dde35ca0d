#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "keraunos/npz.hpp"
#include "tests/cli/command.hpp"

namespace keraunos::test {
namespace {

using testing::HasSubstr;

std::string model(const std::string& name) {
  return std::string(KERAUNOS_SOURCE_DIR) + "/tests/explain/models/" + name;
}

TEST(Explain, WalksThroughTheModel) {
  const Finished finished = run_command({"explain", model("flatten_5408.keras")});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  for (const char* words : {"3×3 window, valid padding: 28 → 26", "pool 2×2, stride 2: 26 → 13",
                            "Flatten keeps the batch and multiplies 13·13·32 = 5408",
                            "(None, 28, 28, 1) → (None, 26, 26, 32)", "GlobalAveragePooling2D"}) {
    EXPECT_THAT(finished.out, HasSubstr(words));
  }
}

TEST(Explain, TellsTheConflictOfAShape) {
  const Finished finished =
      run_command({"explain", model("flatten_open.keras"), "--shape", "1x30x30x1"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("error 'dense' [size_conflict]"));
  EXPECT_THAT(finished.out, HasSubstr("wanted 338, got 392"));
  EXPECT_THAT(finished.out, HasSubstr("1x29x29x1"));
}

TEST(Explain, GivesTheSameAsJson) {
  const Finished finished =
      run_command({"explain", model("flatten_open.keras"), "--shape", "1x30x30x1", "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const auto told = nlohmann::json::parse(finished.out);
  EXPECT_EQ(told.at("findings").at(0).at("id"), "size_conflict");
  EXPECT_EQ(told.at("unknown").at(0).at("symbol"), "height");
  EXPECT_EQ(told.at("layers").at(1).at("windows").at(0).at("padding"), "valid");
}

TEST(Explain, WritesAPage) {
  const TemporaryFolder folder;
  const Finished finished =
      run_command({"explain", model("flatten_open.keras"), "--html", folder.file("page.html")});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("written to"));
  expect_error(run_command({"explain", model("flatten_open.keras"), "--html",
                            folder.file("missing/page.html")}),
               {"cannot be written"});
}

TEST(Explain, RefusesWhatIsNoShapeWithTheValidForms) {
  const std::string path = model("flatten_5408.keras");
  expect_error(run_command({"explain", path, "--shape", "28,28"}), {"1x28x28x1"});
  expect_error(run_command({"explain", path, "--shape", "5"}), {"(batch, 28, 28, 1)"});
  expect_error(run_command({"explain", path, "--shape", "picture=1x28x28x1"}),
               {"no input 'picture'", "its inputs are"});
}

TEST(Explain, TakesTheRankOfAnInputThatTheFileDoesNotTell) {
  const std::string path = golden("h5_unshaped_flatten.h5");
  const Finished finished = run_command({"explain", path, "--shape", "1x2x5"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("2·5 = 10"));
  const Finished summary = run_command({"summary", path, "--shape", "1x2x5"});
  EXPECT_THAT(summary.out, HasSubstr("(1, 10)"));
  const Finished plan = run_command({"plan", path, "--shape", "1x2x5", "--device", "cpu"});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
}

TEST(SummaryOfSizes, TellsMemoryAndWork) {
  const Finished finished =
      run_command({"summary", model("flatten_5408.keras"), "--shape", "1x28x28x1"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("(1, 26, 26, 32)"));
  EXPECT_THAT(finished.out, HasSubstr("84.5 KiB"));
  EXPECT_THAT(finished.out, HasSubstr("194,688"));
}

TEST(SummaryOfSizes, ExpandsNestedModels) {
  const Finished folded = run_command({"summary", model("nested.keras")});
  EXPECT_THAT(folded.out, testing::Not(HasSubstr("flatten")));
  const Finished expanded = run_command({"summary", model("nested.keras"), "--expand"});
  EXPECT_THAT(expanded.out, HasSubstr("  flatten (Flatten)"));
}

TEST(Statistics, NameTheFirstLayerWithNaN) {
  const TemporaryFolder folder;
  Tensor images(DType::float32, {1, 28, 28, 1});
  images.as<float>()[0] = std::numeric_limits<float>::quiet_NaN();
  NamedTensors arrays;
  arrays.emplace_back("input_0", std::move(images));
  save_npz(folder.file("in.npz"), arrays);
  const Finished finished =
      run_command({"run", model("flatten_5408.keras"), "--inputs", folder.file("in.npz"),
                   "--device", "cpu", "--layers", "all", "--stats"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("NaN appears first in 'conv2d'"));
  EXPECT_THAT(finished.out, HasSubstr("no Inf"));
  expect_error(run_command({"run", model("flatten_5408.keras"), "--inputs", folder.file("in.npz")}),
               {"--outputs is required"});
}

}  // namespace
}  // namespace keraunos::test
