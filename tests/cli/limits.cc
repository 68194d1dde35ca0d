#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "keraunos/npz.hpp"
#include "tests/cli/command.hpp"
#include "tests/support/model_json.hpp"

namespace keraunos::test {
namespace {

using namespace model_json;
using testing::HasSubstr;
using testing::Not;

std::string written(const TemporaryFolder& folder, const std::string& config) {
  std::string path = folder.file("model.json");
  std::ofstream(path) << config;
  return path;
}

TEST(Limits, OfALoadAreOptions) {
  const TemporaryFolder folder;
  const std::string path = written(folder, doubling(8));
  EXPECT_EQ(run_command({"summary", path}).exit_code, 0);
  EXPECT_EQ(run_command({"summary", "--limit", "operations=900", path}).exit_code, 0);
  expect_error(run_command({"summary", path, "--limit", "operations=9"}),
               {"operations; the limit is 9 (LoadLimits::operations, --limit operations=N)"});
  expect_error(run_command({"explain", path, "--limit", "text_bytes=10"}),
               {"bytes of text about the layers; the limit is 10"});
  expect_error(
      run_command({"plan", path, "--zero-weights", "--limit", "layer_depth=2", "--shape", "1x4"}),
      {"3 levels of layers in layers; the limit is 2"});
  expect_error(run_command({"summary", path, "--limit", "patience=9"}),
               {"--limit wants NAME=N, not patience=9", "inflated_bytes (1073741824 bytes"});
  expect_error(run_command({"summary", path, "--limit", "operations=many"}),
               {"--limit wants NAME=N, not operations=many"});
}

TEST(Limits, OfATableAreCellsThatAreReadable) {
  const TemporaryFolder folder;
  const auto name = [](int i) {
    return i == 50 ? std::string(100'000, 'n') : "a" + std::to_string(i);
  };
  const Finished finished = run_command({"summary", written(folder, chain(100, name))});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_LT(finished.out.size(), 100'000U);
  EXPECT_THAT(finished.out, HasSubstr("nnn..."));
}

TEST(Names, OfAModelDoNotReachTheTerminalAsTheyAre) {
  const TemporaryFolder folder;
  const auto name = [](int i) {
    return i == 0 ? "a\xC2\x9B"
                    "31m"
                  : "b\xE2\x80\xAE"
                    "gnp";
  };
  const Finished finished = run_command({"summary", written(folder, chain(2, name))});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("a 31m (ReLU)"));
  EXPECT_THAT(finished.out, HasSubstr("b gnp (ReLU)"));
}

TEST(Names, OfAModelAreHarmlessInAnArchive) {
  const TemporaryFolder folder;
  const std::vector<std::string> names = {"../../etc/x", "/root", "a\\\\b", "_/_/etc/x", "plain"};
  const auto name = [&](int i) { return names[static_cast<std::size_t>(i)]; };
  const std::string path = written(folder, chain(5, name));
  NamedTensors inputs;
  inputs.emplace_back("x", Tensor(DType::float32, {1, 4}));
  save_npz(folder.file("in.npz"), inputs);
  const std::string out = folder.file("out.npz");
  const Finished finished = run_command({"run", path, "--inputs", folder.file("in.npz"),
                                         "--outputs", out, "--layers", "all", "--device", "cpu"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  std::vector<std::string> found;
  for (const auto& [member, tensor] : load_npz(out)) found.push_back(member);
  EXPECT_THAT(found, testing::ElementsAre("output_0", "_/_/etc/x", "_/root", "a_b", "_/_/etc/x~2",
                                          "plain"));
}

}  // namespace
}  // namespace keraunos::test
