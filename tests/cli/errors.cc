#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/cli/command.hpp"

namespace keraunos::test {
namespace {

using testing::HasSubstr;

TEST(CommandErrors, ACommandIsNeeded) { expect_error(run_command({}), {"no command"}); }

TEST(CommandErrors, AnUnknownCommandIsNamed) { expect_error(run_command({"paint"}), {"paint"}); }

TEST(CommandErrors, AnUnknownOptionIsNamed) {
  expect_error(run_command({"devices", "--colour"}), {"--colour"});
}

TEST(CommandErrors, AMissingModelIsSaid) { expect_error(run_command({"summary"}), {"MODEL"}); }

TEST(CommandErrors, AnUnknownDeviceIsNamedWithTheKnownOnes) {
  expect_error(run_command({"plan", golden("mnist_cnn.keras"), "--device", "tpu"}),
               {"--device", "tpu", "cpu", "gpu", "auto"});
}

TEST(CommandErrors, AGpuIsNamedByItsNumber) {
  for (const char* device : {"gpu:", "gpu:x", "gpu:-1", "gpu:1x", "gpu1"}) {
    expect_error(run_command({"plan", golden("mnist_cnn.keras"), "--device", device}),
                 {"--device", "cpu, gpu, gpu:N or auto wanted, not", device});
  }
}

TEST(CommandErrors, AnUndescribedGpuIsNamedWithTheDescribedOnes) {
  expect_error(run_command({"plan", golden("mnist_cnn.keras"), "--described-gpu", "gtx"}),
               {"no description of a GPU 'gtx'", "h100"});
}

TEST(CommandErrors, NegativeThreadsAreRefused) {
  expect_error(run_command({"bench", golden("mnist_cnn.keras"), "--threads", "-2"}), {"--threads"});
}

TEST(CommandErrors, AFileThatIsNotThereIsNamed) {
  expect_error(run_command({"summary", "/nowhere/model.keras"}), {"/nowhere/model.keras"});
}

TEST(CommandErrors, AFileThatIsNoModelIsNamed) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("model.keras")) << "not a zip archive";
  expect_error(run_command({"summary", folder.file("model.keras")}), {"model.keras"});
}

TEST(CommandErrors, AnUnknownLayerIsNamedByItsClass) {
  const std::string path = golden("refused/custom_layer.keras");
  expect_error(run_command({"plan", path, "--device", "cpu"}), {"Doubler"});
  const Finished summary = run_command({"summary", path});
  EXPECT_EQ(summary.exit_code, 0);
  EXPECT_THAT(summary.err, testing::HasSubstr("warning: "));
  EXPECT_THAT(summary.err, testing::HasSubstr("Doubler"));
}

TEST(CommandErrors, AFileNameWithALineBreakStaysOneLine) {
  expect_error(run_command({"summary", "two\nlines.keras"}), {"two lines.keras"});
}

TEST(CommandErrors, AMissingGpuIsAnErrorWithAReason) {
  expect_error(run_command({"plan", golden("mnist_cnn.keras"), "--device", "gpu"},
                           {.environment = "CUDA_VISIBLE_DEVICES="}),
               {"GPU"});
}

TEST(CommandErrors, OutputThatCannotBeWrittenIsAnError) {
  expect_error(run_command({"devices"}, {.out = "/dev/full"}), {"stdout"});
}

TEST(Command, HelpIsNoError) {
  const Finished finished = run_command({"--help"});
  EXPECT_EQ(finished.exit_code, 0);
  for (const char* command : {"summary", "run", "plan", "devices", "bench"}) {
    EXPECT_THAT(finished.out, HasSubstr(command));
  }
  EXPECT_EQ(finished.err, "");
}

TEST(Command, TellsItsVersion) {
  const Finished finished = run_command({"--version"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.out, testing::MatchesRegex("keraunos [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

}  // namespace
}  // namespace keraunos::test
