#include <gmock/gmock.h>

#include <fstream>

#include "keraunos/keraunos.hpp"
#include "tests/cuda/support/device_descriptions.hpp"
#include "tests/support/temporary_path.hpp"

// Plans for GPUs that are not there.

namespace keraunos {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* digits = KERAUNOS_SOURCE_DIR "/samples/digits/digits.keras";

SessionOptions described(const std::string& gpu) {
  SessionOptions options;
  options.described_gpu = gpu;
  options.cuda_library = KERAUNOS_CUDA_LIBRARY_FILE;
  return options;
}

std::string refusal(const SessionOptions& options, ErrorCode code) {
  try {
    const Session session(Model::load(digits), options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return "no error";
}

std::string written(const char* name, const std::string& text) {
  const std::string path = temporary_path(name);
  std::ofstream(path) << text;
  return path;
}

TEST(DescribedGpu, GetsThePlanThatItWouldHave) {
  KERAUNOS_NEED_CUDNN();
  for (const std::string& gpu : described_gpus()) {
    Session session(Model::load(digits), described(gpu));
    const std::vector<Dims> inputs = {{32, 16, 16, 1}};
    bool has_engine = false;
    for (const PlanStep& step : session.plan(inputs).steps) {
      if (step.op == "Copy" || step.device.empty()) continue;
      EXPECT_EQ(step.device, gpu) << step.layer;
      has_engine = has_engine || (step.kernel == "cudnn conv" && !step.engine.empty());
    }
    EXPECT_TRUE(has_engine) << gpu;
    EXPECT_GT(session.memory().gpu_weights, 0U);
    EXPECT_EQ(session.output_dims(inputs), (std::vector<Dims>{{32, 10}}));
  }
}

TEST(DescribedGpu, RunsNothing) {
  KERAUNOS_NEED_CUDNN();
  Session session(Model::load(digits), described("h100"));
  const Tensor input(DType::float32, {1, 16, 16, 1});
  const std::vector<TensorView> inputs = {input.view()};
  try {
    session.run(inputs);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::device_unavailable);
    EXPECT_THAT(error.what(), HasSubstr("h100 (NVIDIA H100 80GB HBM3) is described, not present: "
                                        "plans can be made for it, nothing can be run on it"));
  }
  EXPECT_THROW(session.to_gpu(input), Error);
}

TEST(DescribedGpu, ComesFromAFileToo) {
  KERAUNOS_NEED_CUDNN();
  const Session session(Model::load(digits),
                        described(KERAUNOS_SOURCE_DIR "/runtime/exec/gpus/l4.json"));
  EXPECT_EQ(session.device().name, "l4");
  EXPECT_EQ(session.device().model, "NVIDIA L4");
}

TEST(DescribedGpu, MustBeKnown) {
  EXPECT_THAT(refusal(described("h1000"), ErrorCode::invalid_argument),
              AllOf(HasSubstr("there is no description of a GPU 'h1000': built in are a100, "),
                    HasSubstr("or give a file with cuDNN's JSON")));
}

TEST(DescribedGpu, MustBeDescribedInCudnnsJson) {
  KERAUNOS_NEED_CUDNN();
  const std::string no_json = written("no_json.json", "[1, 2");
  EXPECT_THAT(refusal(described(no_json), ErrorCode::malformed_file), HasSubstr(no_json));
  const std::string incomplete = written("incomplete.json", R"({"deviceName": "toy"})");
  EXPECT_THAT(refusal(described(incomplete), ErrorCode::malformed_file),
              HasSubstr("totalGlobalMem"));
  const std::string unknown =
      written("unknown.json", R"({"deviceName": "toy", "totalGlobalMem": 1, "deviceVer": 900})");
  EXPECT_THAT(refusal(described(unknown), ErrorCode::device_unavailable),
              HasSubstr("cuDNN cannot read the device description"));
}

TEST(DescribedGpu, OfTuringHasNoBfloat16) {
  KERAUNOS_NEED_CUDNN();
  SessionOptions options = described("t4");
  options.precision = Precision::bfloat16;
  EXPECT_THAT(refusal(options, ErrorCode::unsupported),
              HasSubstr("t4 has compute capability 7.5, and bfloat16 needs 8.0 or newer: take "
                        "float16 or tf32"));
}

TEST(DescribedGpu, IsNoCpu) {
  SessionOptions options = described("h100");
  options.device = Device::cpu;
  EXPECT_THAT(refusal(options, ErrorCode::invalid_argument),
              HasSubstr("a GPU is described, but the session is to run on the CPU"));
}

}  // namespace
}  // namespace keraunos
