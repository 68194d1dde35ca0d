#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <thread>

#include "runtime/backend/backend.hpp"
#include "tests/cuda/double/sessions.hpp"
#include "tests/support/temporary_path.hpp"

// Sessions on a GPU: memory, failures, threads. Each test is a process of its own.

namespace keraunos::cuda_double {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(DeviceDouble, RunsWhatTheCpuRuns) {
  Session session = open(digits);
  const Tensor input = images(3, 12);
  expect_close(run(session, input), on_the_cpu(digits, input));
}

TEST(DeviceDouble, StartsAsManyKernelsAsThePlanSays) {
  Session session = open(resnet);
  const Tensor input = images(2, 32, 3);
  run(session, input);
  const std::size_t before = launches_so_far();
  run(session, input);
  const std::vector<Dims> dims = {input.dims()};
  EXPECT_EQ(launches_so_far() - before, session.plan(dims).launches);
}

std::string network(const char* name) {
  return std::string(KERAUNOS_SOURCE_DIR "/tests/cuda/double/networks/") + name + ".keras";
}

/// Networks of keras.applications with zeros for weights: what their plans come to.
std::size_t planned_launches(const char* name, std::int64_t size,
                             Precision precision = Precision::float32) {
  SessionOptions options = on_the_double();
  options.precision = precision;
  Session session = open(network(name).c_str(), options);
  const std::vector<Dims> dims = {{1, size, size, 3}};
  const PlanReport plan = session.plan(dims);
  for (const PlanStep& step : plan.steps) {
    EXPECT_TRUE(step.op == "Copy" || step.device.empty() || step.device == "gpu:0") << step.layer;
  }
  return plan.launches;
}

TEST(DeviceLaunches, OfResnet50AreOneForEachConvolutionAndFourMore) {
  EXPECT_EQ(planned_launches("ResNet50", 224), 53U + 4);
}

TEST(DeviceLaunches, OfVgg16AreOneForEachLayerWithWeightsAndPooling) {
  EXPECT_EQ(planned_launches("VGG16", 32), 13U + 5 + 3 + 1);
}

TEST(DeviceLaunches, OfMobileNetV2CountOnlyTheLastCeilingOfRelu6) {
  EXPECT_EQ(planned_launches("MobileNetV2", 224), 52U + 3 + 1);
}

/// Rescaling and Normalization, two pre-activated convolutions, a gate of each channel by relu6,
/// a scaled residual: all of a small network of Keras, with its own weights.
TEST(DeviceLaunches, OfElementwiseWorkAreOneForEachRun) {
  EXPECT_EQ(planned_launches("Elementwise", 16), 34U - 9 - 4)
      << "34 launches, 15 of them in 6 runs, and 4 of concatenations";
  EXPECT_EQ(planned_launches("Elementwise", 16, Precision::float16), 36U - 10)
      << "and a cast; parts of four channels in 16 bits are not aligned";
}

TEST(DeviceDouble, RunsChainsAsTheCpuRunsTheirNodes) {
  const std::string model = network("Elementwise");
  const Tensor input = images(3, 16, 3);
  Session session = open(model.c_str());
  expect_close(run(session, input), on_the_cpu(model.c_str(), input));
  expect_close(run(session, input.cast(DType::uint8)), on_the_cpu(model.c_str(), input));
}

TEST(DeviceMemory, IsFlatWhileShapesAlternate) {
  Session session = open(digits);
  for (const std::int64_t size : {8, 16, 24}) run(session, images(4, size));
  const std::size_t held = bytes_in_use();
  for (int round = 0; round < 20; ++round) run(session, images(1 + round % 4, 8 + round % 16));
  EXPECT_EQ(bytes_in_use(), held);
  EXPECT_GE(held, session.memory().gpu_weights + session.memory().gpu_arenas);
}

TEST(DeviceMemory, ComesBackWhenTheSessionEnds) {
  const std::size_t before = bytes_in_use();
  {
    Session session = open(digits);
    run(session, images(4, 16));
    EXPECT_GT(bytes_in_use(), before);
    const std::size_t arenas = session.memory().gpu_arenas;
    EXPECT_GT(arenas, 0U);
    session.trim();
    EXPECT_EQ(session.memory().gpu_arenas, 0U);
  }
  EXPECT_EQ(bytes_in_use(), before);
}

TEST(DeviceMemory, StaysBelowTheLimit) {
  SessionOptions options = on_the_double();
  options.gpu_memory_limit = 200'000;
  Session session = open(digits, options);
  run(session, images(1, 8));
  EXPECT_THAT(failure_of(session, images(64, 24), ErrorCode::out_of_memory),
              AllOf(HasSubstr("bytes of GPU memory are wanted for activations"),
                    HasSubstr("the limit is 200000"), HasSubstr("gpu_memory_limit")));
  run(session, images(1, 8));  // still works
}

TEST(DeviceMemory, ThatRunsOutIsAnErrorWithTheNumbers) {
  Session session = open(digits);
  run(session, images(1, 8));
  session.trim();
  make_fail(Call::allocate, 1);
  EXPECT_THAT(failure_of(session, images(2, 8), ErrorCode::out_of_memory),
              AllOf(HasSubstr("the GPU has no room for"), HasSubstr("are free")));
  expect_close(run(session, images(2, 8)), on_the_cpu(digits, images(2, 8)));
}

TEST(DeviceMemory, OfIdleRunsIsGivenUpForANewOne) {
  Session session = open(digits);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { run(session, images(1, 8)); });
  }
  for (std::thread& thread : threads) thread.join();
  make_fail(Call::allocate, 1);
  try {
    run(session, images(8, 24));  // with an idle run it works at the second try
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
  }
  expect_close(run(session, images(8, 24)), on_the_cpu(digits, images(8, 24)));
}

TEST(DeviceFailure, OfALaunchIsAnErrorAndTheNextRunWorks) {
  Session session = open(digits);
  run(session, images(1, 8));
  make_fail(Call::launch, 2);
  failure_of(session, images(1, 8), ErrorCode::device_failure);
  expect_close(run(session, images(1, 8)), on_the_cpu(digits, images(1, 8)));
}

TEST(DeviceFailure, ThatLosesTheDeviceIsSaidEverAfter) {
  Session session = open(digits);
  Session other = open(resnet);
  run(session, images(1, 8));
  make_fail(Call::synchronize, 1);
  EXPECT_THAT(failure_of(session, images(1, 8), ErrorCode::device_failure),
              HasSubstr("running on the GPU failed: unspecified launch failure"));
  EXPECT_THAT(failure_of(session, images(1, 8), ErrorCode::device_failure),
              AllOf(HasSubstr("the GPU failed earlier in this process"),
                    HasSubstr("Start the process anew")));
  EXPECT_THAT(failure_of(other, images(1, 32, 3), ErrorCode::device_failure),
              HasSubstr("the GPU failed earlier in this process"));
  expect_close(on_the_cpu(digits, images(1, 8)), on_the_cpu(digits, images(1, 8)));
}

TEST(DeviceThreads, RunOneSessionAtOnce) {
  Session session = open(digits);
  const Tensor input = images(2, 16);
  const Tensor wanted = on_the_cpu(digits, input);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 5; ++round) {
        expect_close(run(session, input), wanted);
        run(session, images(1 + i % 3, 8 + i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(DeviceInputs, OfBytesTravelAsBytes) {
  Session session = open(digits);
  const Tensor input = images(2, 16);
  const Tensor bytes = input.cast(DType::uint8);
  expect_close(run(session, bytes), on_the_cpu(digits, input));
  EXPECT_EQ(session.cache().plans, 1U);
  expect_close(run(session, input), on_the_cpu(digits, input));
  EXPECT_EQ(session.cache().plans, 2U) << "floats need another plan";
}

TEST(DeviceInputs, LargerThanPinnedMemoryGoInParts) {
  const std::string path = temporary_path("relu.json");
  std::ofstream(path) << R"({"module": "keras", "class_name": "Sequential", "config": {"name": "m",
    "layers": [
      {"module": "keras.layers", "class_name": "InputLayer",
       "config": {"name": "i", "batch_shape": [null, null], "dtype": "float32"}},
      {"module": "keras.layers", "class_name": "ReLU", "config": {"name": "r",
       "max_value": null, "negative_slope": 0.0, "threshold": 0.0}}]}})";
  Session session = open(path.c_str());
  for (const std::int64_t size :
       {std::int64_t{5}, std::int64_t{3} << 20, (std::int64_t{5} << 20) + 7}) {
    Tensor input(DType::float32, {1, size});
    float value = 0;
    for (float& cell : input.as<float>()) cell = value += 1;
    const Tensor output = run(session, input);
    EXPECT_EQ(std::memcmp(output.data(), input.data(), input.bytes()), 0);
  }
  EXPECT_LE(session.memory().arenas, (std::size_t{8} << 20) + (std::size_t{21} << 20));
}

/// Memory of the double, which is host memory all the same.
struct GpuMemory {
  explicit GpuMemory(std::size_t bytes)
      : data(static_cast<std::byte*>(backend().allocate(bytes))) {}
  ~GpuMemory() { backend().free(data); }
  static Backend& backend() { return cuda_backend(KERAUNOS_CUDA_DOUBLE_FILE); }
  std::byte* data;
};

struct DeviceMemoryIo : testing::Test {
  std::string failure(const void* input) {
    const std::vector<TensorView> inputs = {{input, DType::float32, source.dims(), Memory::gpu}};
    const std::vector<MutableTensorView> outputs = {wanted.view()};
    try {
      session.run_into(inputs, outputs);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      return error.what();
    }
    return "no error";
  }

  Tensor source = images(2, 16);
  Tensor wanted = on_the_cpu(digits, source);
  Session session = open(digits);
};

TEST_F(DeviceMemoryIo, IsReadAndWrittenInPlace) {
  const GpuMemory input(source.bytes());
  const GpuMemory output(wanted.bytes());
  std::memcpy(input.data, source.data(), source.bytes());
  const std::vector<TensorView> inputs = {{input.data, DType::float32, source.dims(), Memory::gpu}};
  const std::vector<MutableTensorView> outputs = {
      {output.data, DType::float32, wanted.dims(), Memory::gpu}};
  session.run_into(inputs, outputs);
  Tensor got(DType::float32, wanted.dims());
  std::memcpy(got.data(), output.data, got.bytes());
  expect_close(got, wanted);
  EXPECT_EQ(session.memory().arenas, 0U) << "nothing went by way of the host";
}

TEST_F(DeviceMemoryIo, MayBeOfAnotherDtypeThanTheModels) {
  const Tensor bytes = source.cast(DType::float64);
  const GpuMemory input(bytes.bytes());
  std::memcpy(input.data, bytes.data(), bytes.bytes());
  const std::vector<TensorView> inputs = {{input.data, DType::float64, source.dims(), Memory::gpu}};
  expect_close(session.run(inputs).front(), wanted);
}

TEST_F(DeviceMemoryIo, IsMadeBySessionsForThoseWithoutCuda) {
  GpuTensor input = session.to_gpu(source);
  GpuTensor output = session.to_gpu(Tensor(DType::float32, wanted.dims()));
  const std::vector<TensorView> inputs = {input.view()};
  const std::vector<MutableTensorView> outputs = {output.view()};
  session.run_into(inputs, outputs);
  expect_close(session.to_host(output), wanted);
}

TEST_F(DeviceMemoryIo, RefusesHostMemory) {
  EXPECT_THAT(failure(source.data()),
              AllOf(HasSubstr("input 0: "), HasSubstr("is host memory, not memory of gpu:0")));
}

TEST_F(DeviceMemoryIo, RefusesAMisalignedPointer) {
  const GpuMemory input(source.bytes() + 16);
  EXPECT_THAT(failure(input.data + 4), HasSubstr("is not a multiple of 16"));
}

TEST_F(DeviceMemoryIo, RefusesASessionOnTheCpu) {
  SessionOptions options;
  options.device = Device::cpu;
  session = open(digits, options);
  EXPECT_THAT(failure(source.data()),
              HasSubstr("input 0 is in GPU memory, but the session runs on the CPU"));
  try {
    session.to_gpu(source);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("the session runs on the CPU: it has no GPU memory"));
  }
}

TEST(DeviceFork, IsRefusedInTheChild) {
  Session session = open(digits);
  run(session, images(1, 8));
  const pid_t child = fork();
  if (child == 0) {
    const std::string message = failure_of(session, images(1, 8), ErrorCode::device_failure);
    _exit(message.find("CUDA does not survive fork()") != std::string::npos ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace keraunos::cuda_double
