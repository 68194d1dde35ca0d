#include "kernels/cuda/pool_plans.hpp"

#include <dlfcn.h>
#include <gmock/gmock.h>

#include "runtime/base/fail.hpp"
#include "tests/cuda/support/device_descriptions.hpp"

// cuDNN compiles its pooling kernels at run time, for which it wants a driver: here the double.

namespace keraunos::cuda {
namespace {

using ::testing::HasSubstr;

PoolProblem pool(bool max, std::int64_t batch, const WindowAxis& height, const WindowAxis& width,
                 std::int64_t channels) {
  PoolProblem problem;
  problem.max = max;
  problem.batch = batch;
  problem.axes = {height, width};
  problem.channels = channels;
  return problem;
}

struct Named {
  const char* name;
  PoolProblem problem;
};

const std::vector<Named>& problems() {
  static const std::vector<Named> list = {
      {"digits_pool1", pool(true, 64, {16, 2, 2}, {16, 2, 2}, 16)},
      {"digits_pool2", pool(true, 1, {8, 2, 2}, {8, 2, 2}, 32)},
      {"max_overlapping", pool(true, 2, {15, 3, 2}, {15, 3, 2}, 64)},
      {"max_same", pool(true, 2, {14, 3, 2, 1, 0, 1}, {15, 3, 2, 1, 1, 1}, 3)},
      {"average", pool(false, 2, {12, 2, 2}, {10, 2, 2}, 8)},
      {"average_same", pool(false, 2, {14, 3, 2, 1, 0, 1}, {15, 3, 1, 1, 1, 1}, 7)},
      {"one_axis", pool(true, 2, {}, {100, 4, 4}, 5)},
      {"one_channel", pool(false, 1, {28, 2, 2}, {28, 2, 2}, 1)},
  };
  return list;
}

class CudnnPoolPlan : public ::testing::TestWithParam<std::string> {};

TEST_P(CudnnPoolPlan, IsCompiledForEachProblem) {
  KERAUNOS_NEED_CUDNN();
  const PlanTarget target = testing::described_gpu(GetParam());
  for (const Named& named : problems()) {
    SCOPED_TRACE(named.name);
    const auto plan = build_pool_plan(target, named.problem, make_pool_kernels());
    EXPECT_THAT(plan->engine(), HasSubstr("eng"));
    EXPECT_EQ(plan->workspace_bytes(), 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(On, CudnnPoolPlan, ::testing::ValuesIn(testing::described_gpus()),
                         [](const auto& gpu) { return gpu.param; });

TEST(CudnnPoolKernels, OneCompilationServesAllSizes) {
  KERAUNOS_NEED_CUDNN();
  const PlanTarget target = testing::described_gpu("h100");
  const auto kernels = make_pool_kernels();
  build_pool_plan(target, pool(true, 1, {16, 2, 2}, {16, 2, 2}, 16), kernels);
  const std::string compiled = to_json(*kernels);
  for (const std::int64_t batch : {1, 7, 32}) {
    for (const std::int64_t size : {8, 15, 224}) {
      for (const std::int64_t channels : {16, 32, 3}) {
        build_pool_plan(target, pool(true, batch, {size, 2, 2}, {size, 2, 2}, channels), kernels);
      }
    }
  }
  EXPECT_TRUE(to_json(*kernels) == compiled) << "cuDNN compiled another kernel";
}

TEST(CudnnPoolKernels, AreToldApartByTheirText) {
  KERAUNOS_NEED_CUDNN();
  const PlanTarget target = testing::described_gpu("h100");
  std::vector<std::string> texts;
  for (const std::int64_t size : {2, 3}) {
    const auto kernels = make_pool_kernels();
    build_pool_plan(target, pool(true, 1, {16, size, 2}, {16, size, 2}, 16), kernels);
    texts.push_back(to_json(*kernels));
  }
  EXPECT_FALSE(texts[0] == texts[1]);
}

TEST(PoolPlans, BuildInTheBackgroundAndOnlyOnce) {
  KERAUNOS_NEED_CUDNN();
  PoolPlans plans([] { return testing::described_gpu("h100"); });
  const PoolProblem problem = pool(true, 4, {16, 2, 2}, {16, 2, 2}, 16);
  const auto future = plans.find_or_start(problem);
  EXPECT_EQ(plans.find_or_start(problem), future);
  plans.wait();
  ASSERT_NE(future->get(), nullptr);
  EXPECT_THAT(future->get()->engine(), HasSubstr("eng"));
}

TEST(PoolPlans, LeaveARefusedPoolingToTheProjectsOwnKernel) {
  KERAUNOS_NEED_CUDNN();
  PoolPlans plans([] { return testing::described_gpu("h100"); });
  const auto refused = plans.find_or_start(pool(true, 1, {2, 3, 1}, {2, 3, 1}, 1));
  plans.wait();
  EXPECT_EQ(refused->get(), nullptr);
}

TEST(PoolPlans, StopWithoutFinishingWhatWaits) {
  KERAUNOS_NEED_CUDNN();
  PoolPlans plans([] { return testing::described_gpu("h100"); });
  std::vector<std::shared_ptr<const FuturePlan>> futures;
  for (std::int64_t size = 2; size < 12; ++size) {
    futures.push_back(plans.find_or_start(pool(true, 1, {40, size, 1}, {40, size, 1}, 4)));
  }
  plans.stop();
  EXPECT_EQ(futures.back()->get(), nullptr);
}

}  // namespace
}  // namespace keraunos::cuda

int main(int argc, char** argv) {
  // The first libcuda.so.1 of a process is the one that everybody gets.
  if (dlopen(KERAUNOS_DRIVER_DOUBLE_FOLDER "/libcuda.so.1", RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
