#include <gmock/gmock.h>

#include "tests/cuda/double/sessions.hpp"

// More than one GPU. Each test is a process of its own.

namespace keraunos::cuda_double {
namespace {

using ::testing::HasSubstr;

SessionOptions on_gpu(int number) {
  SessionOptions options = on_the_double();
  options.gpu = number;
  return options;
}

std::string refusal(int number) {
  try {
    open(digits, on_gpu(number));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::device_unavailable);
    return error.what();
  }
  return "no error";
}

TEST(Devices, AreListedOneByOne) {
  std::vector<std::string> names;
  for (const DeviceReport& report : devices(KERAUNOS_CUDA_DOUBLE_FILE)) {
    EXPECT_TRUE(report.available) << report.reason;
    names.push_back(report.info.name);
  }
  EXPECT_THAT(names, ::testing::ElementsAre("cpu", "gpu:0", "gpu:1"));
}

TEST(Devices, OfAnyNumberRunWhatTheCpuRuns) {
  Session second = open(digits, on_gpu(1));
  Session first = open(digits, on_gpu(0));
  EXPECT_EQ(second.device().name, "gpu:1");
  for (const std::int64_t size : {8, 12}) {
    const Tensor input = images(3, size);
    const Tensor wanted = on_the_cpu(digits, input);
    expect_close(run(second, input), wanted);
    expect_close(run(first, input), wanted);
  }
  EXPECT_GT(second.memory().gpu_weights, 0U) << "each GPU has the weights";
  EXPECT_EQ(second.memory().gpu_weights, first.memory().gpu_weights);
}

TEST(Devices, ThatAreNotThereAreRefused) {
  EXPECT_THAT(refusal(device_count), HasSubstr("there is no gpu:2"));
  EXPECT_THAT(refusal(-1), HasSubstr("there is no gpu:-1"));
}

TEST(Devices, DoNotReadEachOthersMemory) {
  Session first = open(digits, on_gpu(0));
  Session second = open(digits, on_gpu(1));
  GpuTensor input = first.to_gpu(images(2, 16));
  const std::vector<TensorView> inputs = {input.view()};
  first.run(inputs);
  try {
    second.run(inputs);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_THAT(error.what(), HasSubstr("is memory of gpu:0, not of gpu:1"));
  }
}

}  // namespace
}  // namespace keraunos::cuda_double
