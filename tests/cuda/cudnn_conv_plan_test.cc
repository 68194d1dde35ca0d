#include <gmock/gmock.h>

#include "runtime/base/fail.hpp"
#include "tests/cuda/support/device_descriptions.hpp"

// cuDNN has an engine for every convolution that Keraunos hands it, on every GPU generation: shown
// without a GPU by building the execution plans for described ones.

namespace keraunos::cuda {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

WindowAxis axis(std::int64_t input, std::int64_t size, std::int64_t stride = 1,
                std::int64_t pad_before = 0, std::int64_t pad_after = 0,
                std::int64_t dilation = 1) {
  return {input, size, stride, dilation, pad_before, pad_after};
}

ConvProblem conv(std::int64_t batch, std::vector<WindowAxis> axes, std::int64_t in_channels,
                 std::int64_t out_channels, std::int64_t groups = 1) {
  ConvProblem problem;
  problem.batch = batch;
  problem.axes = std::move(axes);
  problem.in_channels = in_channels;
  problem.out_channels = out_channels;
  problem.groups = groups;
  return problem;
}

ConvProblem square(std::int64_t batch, const WindowAxis& both, std::int64_t in_channels,
                   std::int64_t out_channels, std::int64_t groups = 1) {
  return conv(batch, {both, both}, in_channels, out_channels, groups);
}

struct Named {
  const char* name;
  ConvProblem problem;
};

const std::vector<Named>& problems() {
  static const std::vector<Named> list = {
      {"digits_conv1_one_image", square(1, axis(16, 3, 1, 1, 1), 1, 16)},
      {"digits_conv1", square(64, axis(16, 3, 1, 1, 1), 1, 16)},
      {"digits_conv2_one_image", square(1, axis(8, 3, 1, 1, 1), 16, 32)},
      {"digits_conv2", square(64, axis(8, 3, 1, 1, 1), 16, 32)},
      {"valid_28", square(32, axis(28, 3), 1, 32)},
      {"same_stride_2_pads_the_end", square(4, axis(224, 3, 2, 0, 1), 3, 32)},
      {"not_square", conv(2, {axis(31, 2), axis(17, 3)}, 5, 9)},
      {"odd_channels", square(2, axis(11, 5), 3, 7)},
      {"one_by_seven", conv(2, {axis(17, 1), axis(17, 7, 1, 3, 3)}, 20, 6)},
      {"whole_input", square(3, axis(7, 7), 32, 10)},
      {"pointwise", square(8, axis(14, 1), 256, 64)},
      {"pointwise_stride_2", square(8, axis(14, 1, 2), 256, 512)},
      {"resnet_stem", square(8, axis(224, 7, 2, 3, 3), 3, 64)},
      {"vgg", square(1, axis(56, 3, 1, 1, 1), 256, 256)},
      {"dilated", square(2, axis(20, 3, 1, 2, 2, 2), 8, 8)},
      {"grouped", square(2, axis(14, 3, 1, 1, 1), 32, 64, 4)},
      {"depthwise", square(2, axis(14, 3, 1, 1, 1), 32, 32, 32)},
      {"depthwise_multiplier_2", square(2, axis(14, 3, 2, 0, 1), 6, 12, 6)},
      {"one_axis", conv(2, {axis(1, 1), axis(100, 5)}, 8, 16)},
      {"one_axis_causal", conv(2, {axis(1, 1), axis(100, 3, 1, 4, 0, 2)}, 8, 16)},
      {"three_axes", conv(1, {axis(8, 3), axis(8, 3), axis(8, 3)}, 4, 8)},
  };
  return list;
}

/// A dtype, and whether float32 may be rounded to TF32.
struct Arithmetic {
  const char* name;
  DType dtype;
  bool tf32;
};

using Case = std::tuple<std::string, Arithmetic>;

class CudnnConvPlan : public ::testing::TestWithParam<Case> {};

TEST_P(CudnnConvPlan, HasAnEngineForEachProblemAndEpilogue) {
  KERAUNOS_NEED_CUDNN();
  const auto& [gpu, arithmetic] = GetParam();
  if (gpu == "t4" && arithmetic.dtype == DType::bfloat16) {
    GTEST_SKIP() << "Turing has no bfloat16: sessions refuse it there";
  }
  const PlanTarget target = testing::described_gpu(gpu);
  for (const Named& named : problems()) {
    SCOPED_TRACE(named.name);
    ConvProblem problem = named.problem;
    problem.dtype = arithmetic.dtype;
    problem.tf32 = arithmetic.tf32;
    for (const ConvEpilogue epilogue : {ConvEpilogue{},
                                        {.bias = true},
                                        {.bias = true, .relu = true},
                                        {.bias = true, .residual = true},
                                        {.bias = true, .residual = true, .relu = true}}) {
      problem.epilogue = epilogue;
      const auto plan = build_conv_plan(target, problem);
      EXPECT_THAT(plan->engine(), HasSubstr("eng")) << to_string(problem);
      EXPECT_LE(plan->workspace_bytes(), std::size_t{128} << 20) << to_string(problem);
    }
  }
}

TEST_P(CudnnConvPlan, HasAnEngineForPartsOfWiderRows) {
  KERAUNOS_NEED_CUDNN();
  const auto& [gpu, arithmetic] = GetParam();
  if (gpu == "t4" && arithmetic.dtype == DType::bfloat16) GTEST_SKIP() << "Turing has no bfloat16";
  const PlanTarget target = testing::described_gpu(gpu);
  for (const auto& [input_pitch, output_pitch] : {std::pair{0, 256}, {512, 0}, {512, 256}}) {
    for (const ConvEpilogue epilogue :
         {ConvEpilogue{}, {.bias = true}, {.bias = true, .relu = true}}) {
      for (ConvProblem problem :
           {square(4, axis(28, 3, 1, 1, 1), 128, 32), square(1, axis(14, 1), 64, 48)}) {
        problem.dtype = arithmetic.dtype;
        problem.tf32 = arithmetic.tf32;
        problem.epilogue = epilogue;
        problem.input_pitch = input_pitch;
        problem.output_pitch = output_pitch;
        EXPECT_NO_THROW(build_conv_plan(target, problem)) << to_string(problem);
      }
    }
  }
}

std::string case_name(const ::testing::TestParamInfo<Case>& instance) {
  const auto& [gpu, arithmetic] = instance.param;
  return gpu + "_" + arithmetic.name;
}

INSTANTIATE_TEST_SUITE_P(
    On, CudnnConvPlan,
    ::testing::Combine(::testing::ValuesIn(described_gpus()),
                       ::testing::Values(Arithmetic{"float32", DType::float32, false},
                                         Arithmetic{"tf32", DType::float32, true},
                                         Arithmetic{"float16", DType::float16, false},
                                         Arithmetic{"bfloat16", DType::bfloat16, false})),
    case_name);

TEST(CudnnConvPlanPrecision, StrictFloat32AvoidsTheEnginesOfTf32) {
  KERAUNOS_NEED_CUDNN();
  const PlanTarget target = testing::described_gpu("h100");
  ConvProblem problem = square(8, axis(56, 3, 1, 1, 1), 64, 64);
  problem.tf32 = true;
  const std::string fast = build_conv_plan(target, problem)->engine();
  problem.tf32 = false;
  const std::string strict = build_conv_plan(target, problem)->engine();
  EXPECT_NE(strict, fast);
}

std::string refusal(const ConvProblem& problem) {
  try {
    return "built " + build_conv_plan(testing::described_gpu("h100"), problem)->engine();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    return error.what();
  }
}

TEST(CudnnConvPlanRefusal, NamesTheProblemAndCudnnsReason) {
  KERAUNOS_NEED_CUDNN();
  EXPECT_THAT(refusal(square(1, axis(8, 3), 5, 4, 2)),
              AllOf(HasSubstr("convolution 1x8x8x5 -> 4, 3/1@1 pad 0+0 x 3/1@1 pad 0+0, groups 2"),
                    HasSubstr("cuDNN cannot")));
}

TEST(CudnnConvPlanRefusal, LeavesNoZeroForCudnnToDivideBy) {
  KERAUNOS_NEED_CUDNN();
  const auto wanted = HasSubstr("it has an empty tensor or a window without position");
  EXPECT_THAT(refusal(square(1, axis(3, 5), 1, 1)), wanted);
  EXPECT_THAT(refusal(square(1, axis(3, 5, 4), 1, 1)), wanted);
  EXPECT_THAT(refusal(square(0, axis(8, 3), 1, 1)), wanted);
  EXPECT_THAT(refusal(square(1, axis(8, 3), 1, 1, 0)), wanted);
  EXPECT_THAT(refusal(square(1, axis(8, 3, 0), 1, 1)), wanted);
}

TEST(CudnnConvPlanRefusal, NamesTheDtype) {
  KERAUNOS_NEED_CUDNN();
  ConvProblem problem = square(1, axis(8, 3), 1, 1);
  problem.dtype = DType::float64;
  EXPECT_THAT(refusal(problem), HasSubstr("float32, float16 and bfloat16, not float64"));
}

}  // namespace
}  // namespace keraunos::cuda
