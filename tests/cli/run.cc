#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>

#include "keraunos/model.hpp"
#include "keraunos/npz.hpp"
#include "tests/cli/command.hpp"

namespace keraunos::test {
namespace {

/// The arrays of one run of a golden case, whose keys all begin with "r0.", under new names.
NamedTensors golden_arrays(const std::string& name, const std::string& prefix,
                           const std::function<std::string(const std::string&)>& rename) {
  NamedTensors chosen;
  for (auto& [key, tensor] : load_npz(golden(name + ".npz"))) {
    const std::string run = "r0.";
    if (!key.starts_with(run + prefix)) continue;
    chosen.emplace_back(rename(key.substr(run.size())), tensor.clone());
  }
  return chosen;
}

std::string same(const std::string& name) { return name; }

std::string write_inputs(const TemporaryFolder& folder, const std::string& name) {
  save_npz(folder.file("in.npz"), golden_arrays(name, "input_", same));
  return folder.file("in.npz");
}

Finished run_model(const std::string& name, const std::string& inputs,
                   const TemporaryFolder& folder) {
  return run_command({"run", golden(name + ".keras"), "--inputs", inputs, "--outputs",
                      folder.file("out.npz"), "--device", "cpu"});
}

void expect_close(const Tensor& actual, const Tensor& expected) {
  ASSERT_EQ(actual.dtype(), expected.dtype());
  ASSERT_EQ(actual.dims(), expected.dims());
  const auto wanted = expected.as<float>();
  const auto got = actual.as<float>();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ASSERT_NEAR(got[i], wanted[i], 1e-5F * (1 + std::fabs(wanted[i]))) << "element " << i;
  }
}

void expect_outputs_of_keras(const std::string& name, const TemporaryFolder& folder) {
  const NamedTensors actual = load_npz(folder.file("out.npz"));
  const NamedTensors expected = golden_arrays(name, "output_", same);
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(actual[i].first, expected[i].first);
    expect_close(actual[i].second, expected[i].second);
  }
}

/// Numpy's own format, version 1.0.
void write_npy(const std::string& path, const Tensor& tensor) {
  std::string header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': " + to_string(tensor.dims()) + ", }";
  header.resize(118, ' ');  // 10 bytes before it, 128 in all
  std::ofstream file(path, std::ios::binary);
  file.write("\x93NUMPY\x01\x00\x76\x00", 10);
  file << header;
  file.write(static_cast<const char*>(tensor.data()), static_cast<std::streamsize>(tensor.bytes()));
}

class RunOnGoldenModel : public testing::TestWithParam<const char*> {};

TEST_P(RunOnGoldenModel, GivesTheOutputsOfKerasInTheirOrder) {
  const TemporaryFolder folder;
  const Finished finished = run_model(GetParam(), write_inputs(folder, GetParam()), folder);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  expect_outputs_of_keras(GetParam(), folder);
}

INSTANTIATE_TEST_SUITE_P(Models, RunOnGoldenModel,
                         testing::Values("mnist_cnn", "feature_pyramid",
                                         "graph_two_inputs_two_outputs"),
                         [](const auto& model) { return std::string(model.param); });

TEST(Run, TakesInputsByName) {
  const TemporaryFolder folder;
  save_npz(folder.file("in.npz"),
           golden_arrays("graph_two_inputs_two_outputs", "input_", [](const std::string& name) {
             return name == "input_0" ? "image" : "extra";
           }));
  const auto finished = run_model("graph_two_inputs_two_outputs", folder.file("in.npz"), folder);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  expect_outputs_of_keras("graph_two_inputs_two_outputs", folder);
}

TEST(Run, LeavesArraysAsideThatNameNoInput) {
  const TemporaryFolder folder;
  NamedTensors arrays =
      golden_arrays("graph_two_inputs_two_outputs", "input_",
                    [](const std::string& name) { return name == "input_0" ? "image" : "extra"; });
  arrays.emplace_back("label", Tensor(DType::int64, {3}));
  save_npz(folder.file("in.npz"), arrays);
  const auto finished = run_model("graph_two_inputs_two_outputs", folder.file("in.npz"), folder);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  expect_outputs_of_keras("graph_two_inputs_two_outputs", folder);
}

TEST(Run, TakesOneNpyForAModelOfOneInput) {
  const TemporaryFolder folder;
  write_npy(folder.file("in.npy"), golden_arrays("mnist_cnn", "input_", same).front().second);
  const Finished finished = run_model("mnist_cnn", folder.file("in.npy"), folder);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  expect_outputs_of_keras("mnist_cnn", folder);
}

TEST(Run, RefusesOneNpyForAModelOfTwoInputs) {
  const TemporaryFolder folder;
  write_npy(folder.file("in.npy"), Tensor(DType::float32, {1, 4}));
  expect_error(run_model("graph_two_inputs_two_outputs", folder.file("in.npy"), folder),
               {"in.npy", "one array without a name", "input_0", "image", "input_1", "extra"});
}

TEST(Run, NamesUnknownKeysAndWhatTheModelWants) {
  const TemporaryFolder folder;
  NamedTensors arrays;
  arrays.emplace_back("picture", Tensor(DType::float32, {1, 12, 12, 1}));
  save_npz(folder.file("in.npz"), arrays);
  expect_error(run_model("mnist_cnn", folder.file("in.npz"), folder),
               {"'picture'", "input_0 or ", "(batch, 12, 12, 1) float32"});
}

TEST(Run, NamesAMissingInput) {
  const TemporaryFolder folder;
  NamedTensors arrays = golden_arrays("graph_two_inputs_two_outputs", "input_0", same);
  save_npz(folder.file("in.npz"), arrays);
  expect_error(run_model("graph_two_inputs_two_outputs", folder.file("in.npz"), folder),
               {"holds 'input_0'", "input_1 or 'extra'"});
}

TEST(Run, WritesNothingWhereItFails) {
  const TemporaryFolder folder;
  NamedTensors arrays;
  arrays.emplace_back("input_0", Tensor(DType::float32, {1, 12, 12, 3}));
  save_npz(folder.file("in.npz"), arrays);
  expect_error(run_model("mnist_cnn", folder.file("in.npz"), folder), {"12"});
  EXPECT_FALSE(std::filesystem::exists(folder.file("out.npz")));
}

TEST(Run, SaysWhichOutputFileCannotBeWritten) {
  const TemporaryFolder folder;
  expect_error(
      run_command({"run", golden("mnist_cnn.keras"), "--inputs", write_inputs(folder, "mnist_cnn"),
                   "--outputs", folder.file("missing/out.npz"), "--device", "cpu"}),
      {"missing/out.npz"});
}

#ifdef KERAUNOS_CUDA_DOUBLE_FILE
TEST(Run, TellsWhereFloat16Overflows) {
  const TemporaryFolder folder;
  NamedTensors inputs = golden_arrays("mnist_cnn", "input_", same);
  for (float& pixel : inputs.front().second.as<float>()) pixel *= 1e6F;
  save_npz(folder.file("large.npz"), inputs);
  const auto stats = [&](const std::string& file) {
    const Finished finished =
        run_command({"run", golden("mnist_cnn.keras"), "--inputs", file, "--stats", "--layers",
                     "all", "--device", "gpu", "--precision", "float16"},
                    {.environment = "KERAUNOS_CUDA_LIBRARY=" KERAUNOS_CUDA_DOUBLE_FILE});
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return finished.out;
  };
  EXPECT_THAT(stats(folder.file("large.npz")),
              testing::ContainsRegex("float16 overflows in 'conv2d[^']*' or before it: [0-9,]+ cells "
                                     "that are finite in float32 are not"));
  EXPECT_THAT(stats(write_inputs(folder, "mnist_cnn")),
              testing::HasSubstr("float16 overflows nowhere"));
}
#endif

}  // namespace
}  // namespace keraunos::test
