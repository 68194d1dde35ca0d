#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/command.hpp"

namespace keraunos::test {
namespace {

using nlohmann::json;

json bench(const std::string& model, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"bench", golden(model), "--device", "cpu", "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Finished finished = run_command(arguments);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  return json::parse(finished.out);
}

void expect_positive(const json& report, const std::vector<const char*>& keys) {
  for (const char* key : keys) {
    ASSERT_TRUE(report.contains(key)) << key << " in " << report;
    ASSERT_TRUE(report.at(key).is_number()) << key;
    EXPECT_GT(report.at(key), 0) << key;
  }
}

TEST(Bench, TimesOneShape) {
  const json report = bench("mnist_cnn.keras", {"--batch", "3", "--threads", "1"});
  expect_positive(report, {"median_us", "p10_us", "load_ms", "first_run_ms", "rss_mb"});
  EXPECT_LE(report.at("p10_us"), report.at("median_us"));
  EXPECT_GE(report.at("runs"), 10);
}

TEST(Bench, TakesTheSizesThatTheModelLeavesOpen) {
  const json report = bench("resizing_front_end.keras", {"--shape", "20x24"});
  expect_positive(report, {"median_us", "p10_us", "load_ms", "first_run_ms", "rss_mb"});
}

TEST(Bench, TimesChangingShapes) {
  const json report = bench("resizing_front_end.keras",
                            {"--batch", "1", "--requests", "20", "--shapes", "8x8,12x12,20x24"});
  expect_positive(report, {"total_ms", "worst_ms", "load_ms", "rss_mb"});
  EXPECT_GE(report.at("total_ms"), report.at("worst_ms"));
  EXPECT_EQ(report.at("runs"), 20);
}

TEST(Bench, NamesTheSizesThatTheModelLeavesOpen) {
  expect_error(run_command({"bench", golden("resizing_front_end.keras"), "--shape", "20"}),
               {"leaves 2 sizes open", "--shape gives 1"});
}

TEST(Bench, WantsRequestsAndShapesTogether) {
  expect_error(run_command({"bench", golden("resizing_front_end.keras"), "--requests", "5"}),
               {"--requests and --shapes belong together"});
}

TEST(Bench, RefusesAnEmptyBatch) {
  expect_error(run_command({"bench", golden("mnist_cnn.keras"), "--batch", "0"}), {"--batch"});
}

TEST(Bench, PrintsTextWithoutJson) {
  const Finished finished = run_command({"bench", golden("mnist_cnn.keras"), "--device", "cpu"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, testing::HasSubstr("median_us"));
}

}  // namespace
}  // namespace keraunos::test
