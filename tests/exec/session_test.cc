#include "keraunos/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <thread>

#include "keraunos/error.hpp"

// What a session does beyond numbers: caching, refusing, running from many threads.

namespace keraunos {
namespace {

const std::string cases_dir = KERAUNOS_SOURCE_DIR "/tests/golden/cases/";
const std::string digits = KERAUNOS_SOURCE_DIR "/samples/digits/digits.keras";

Session open(const std::string& path, SessionOptions options = {}) {
  options.device = Device::cpu;
  return Session(Model::load(path), options);
}

Session open_flatten_of_none(SessionOptions options = {}) {
  return open(cases_dir + "flatten_of_none_functional.keras", options);
}

Tensor noise(Dims dims, unsigned seed = 1) {
  Tensor tensor(DType::float32, std::move(dims));
  std::mt19937 random(seed);
  for (float& value : tensor.as<float>()) value = std::normal_distribution<float>()(random);
  return tensor;
}

std::vector<Tensor> run(Session& session, const Tensor& input) {
  const std::vector<TensorView> views = {input.view()};
  return session.run(views);
}

// The message of the Error that running on `input` throws.
std::string refusal(Session& session, const Tensor& input) {
  try {
    run(session, input);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Session, HandsOnTheStatesOfRecurrentLayers) {
  Session session = open(cases_dir + "stateful_lstm.keras");
  ASSERT_EQ(session.model().inputs().size(), 1U);
  ASSERT_EQ(session.model().outputs().size(), 1U);
  const Tensor input = noise({3, 6, 4});
  const auto values = [&] {
    const Tensor output = std::move(run(session, input)[0]);
    return std::vector<float>(output.as<float>().begin(), output.as<float>().end());
  };
  const auto first = values();
  const auto second = values();
  EXPECT_NE(first, second);
  session.reset_states();
  EXPECT_EQ(values(), first);
  EXPECT_THAT(refusal(session, noise({2, 6, 4})),
              testing::AllOf(testing::HasSubstr("(3, 3)"), testing::HasSubstr("(2, 3)")));
  EXPECT_EQ(values(), second);  // the refused run has left the states alone
  session.reset_states();
  EXPECT_EQ(run(session, noise({2, 6, 4}))[0].dims(), (Dims{2, 3}));
}

TEST(Session, OnePlanPerSize) {
  Session session = open(digits);
  for (const std::int64_t size : {8, 12, 16, 8, 12, 16}) run(session, noise({2, size, size, 1}));
  EXPECT_EQ(session.cache().plans, 3U);
  EXPECT_EQ(session.cache().misses, 3U);
  EXPECT_EQ(session.cache().hits, 3U);
}

TEST(Session, LeastRecentlyUsedPlanGoesFirst) {
  Session session = open(digits, {.max_plans = 2});
  run(session, noise({1, 8, 8, 1}));
  run(session, noise({1, 9, 9, 1}));
  run(session, noise({1, 8, 8, 1}));
  run(session, noise({1, 10, 10, 1}));  // 9x9 goes
  EXPECT_EQ(session.cache().evictions, 1U);
  run(session, noise({1, 8, 8, 1}));
  EXPECT_EQ(session.cache().misses, 3U);
  run(session, noise({1, 9, 9, 1}));
  EXPECT_EQ(session.cache().misses, 4U);
}

TEST(Session, PlansAreBoundedInBytes) {
  Session session = open(digits, {.max_plan_bytes = 1});
  run(session, noise({1, 8, 8, 1}));
  run(session, noise({1, 9, 9, 1}));
  EXPECT_EQ(session.cache().plans, 1U);
}

TEST(Session, FlattenIsAViewAtTheOffsetOfWhatItFlattens) {
  Session session = open_flatten_of_none();
  const std::vector<Dims> sizes = {{1, 28, 28, 1}};
  const PlanReport plan = session.plan(sizes);
  const auto flatten = std::find_if(plan.steps.begin(), plan.steps.end(),
                                    [](const PlanStep& step) { return step.op == "View"; });
  ASSERT_NE(flatten, plan.steps.end());
  ASSERT_NE(flatten, plan.steps.begin());
  EXPECT_EQ(flatten->kernel, "view");
  EXPECT_EQ(flatten->placement.storage, std::prev(flatten)->placement.storage);
  EXPECT_EQ(flatten->placement.offset, std::prev(flatten)->placement.offset);
}

TEST(Session, SizeThatCannotFitIsRefusedWithFormulaAndFittingSizes) {
  Session session = open_flatten_of_none();
  EXPECT_THAT(
      refusal(session, noise({1, 31, 28, 1})),
      testing::AllOf(testing::HasSubstr("layer 'dense' (Dense)"),
                     testing::HasSubstr("wanted 676, got 728"),
                     testing::HasSubstr("((height-2)//2)*((width-2)//2)*4"),
                     testing::HasSubstr("height=31, width=28"), testing::HasSubstr("28x28")));
}

TEST(Session, FittingSizesAreNearestFirst) {
  const Model model = Model::load(cases_dir + "flatten_of_none_functional.keras");
  const auto sizes = model.fitting_sizes({{5, 31, 30, 1}}, 2);
  ASSERT_EQ(sizes.size(), 2U);
  EXPECT_EQ(sizes[0][0], (Dims{5, 29, 29, 1}));
}

TEST(Session, WrongChannelCountNamesTheAxis) {
  Session session = open_flatten_of_none();
  EXPECT_THAT(refusal(session, noise({1, 28, 28, 3})),
              testing::HasSubstr("shape (1, 28, 28, 3), the model wants (None, None, None, 1): "
                                 "axis 3 must be 1"));
}

TEST(Session, MissingBatchAxisIsNamed) {
  Session session = open(cases_dir + "conv2d_3x3.keras");
  const auto& axes = session.model().inputs()[0].axes;
  Dims dims;
  for (std::size_t i = 1; i < axes.size(); ++i) dims.push_back(axes[i].size.value_or(8));
  EXPECT_THAT(refusal(session, noise(dims)),
              testing::HasSubstr("the batch axis seems to be missing"));
}

TEST(Session, WrongRankIsRefused) {
  Session session = open(digits);
  EXPECT_THAT(refusal(session, noise({8, 8})), testing::HasSubstr("of rank 2"));
}

TEST(Session, LastAxisOfOneMayBeMissing) {
  Session session = open(digits);
  const Tensor image = noise({1, 8, 8, 1});
  Tensor flat(DType::float32, {1, 8, 8});
  std::copy(image.as<float>().begin(), image.as<float>().end(), flat.as<float>().begin());
  EXPECT_EQ(run(session, flat)[0].as<float>()[0], run(session, image)[0].as<float>()[0]);
}

TEST(Session, OtherNumericDtypesAreCast) {
  Session session = open(digits);
  Tensor bytes(DType::uint8, {1, 8, 8, 1});
  for (std::size_t i = 0; i < 64; ++i)
    bytes.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(4 * i);
  const Tensor expected = std::move(run(session, bytes.cast(DType::float32))[0]);
  for (const DType dtype : {DType::uint8, DType::int64, DType::float64}) {
    const Tensor actual = std::move(run(session, bytes.cast(dtype))[0]);
    EXPECT_EQ(actual.as<float>()[3], expected.as<float>()[3]) << to_string(dtype);
  }
}

TEST(Session, EmptyBatchGivesAnEmptyResult) {
  Session session = open(digits);
  const auto outputs = run(session, noise({0, 8, 8, 1}));
  EXPECT_EQ(outputs[0].dims(), (Dims{0, 10}));
}

TEST(Session, WindowLargerThanTheInputIsRefused) {
  Session session = open_flatten_of_none();
  EXPECT_THAT(refusal(session, noise({1, 2, 2, 1})),
              testing::HasSubstr("a window of 3 cells does not fit into height"));
}

TEST(Session, WrongNumberOfInputsIsRefused) {
  Session session = open(digits);
  EXPECT_THROW(session.run({}), Error);
}

TEST(Session, BatchBeyondTheMemoryLimitIsRefusedWithTheNumber) {
  Session session = open(digits, {.max_activation_bytes = 1000});
  const std::vector<Dims> sizes = {{4, 16, 16, 1}};
  try {
    session.plan(sizes);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_memory);
    EXPECT_THAT(error.what(), testing::HasSubstr("exceed the limit of 1000 bytes"));
  }
}

TEST(Session, ImpossiblyLargeInputIsRefused) {
  Session session = open(digits);
  const std::vector<Dims> sizes = {{std::int64_t{1} << 40, std::int64_t{1} << 20, 1 << 20, 1}};
  EXPECT_THROW(session.plan(sizes), Error);
}

TEST(Session, OutputsOfTheCallerMustFit) {
  Session session = open(digits);
  const Tensor input = noise({1, 8, 8, 1});
  Tensor output(DType::float32, {1, 9});
  const std::vector<TensorView> inputs = {input.view()};
  const std::vector<MutableTensorView> outputs = {output.view()};
  try {
    session.run_into(inputs, outputs);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "output 0 is float32 (1, 9), the model makes float32 (1, 10)");
  }
}

TEST(Session, ManyThreadsGetTheSameNumbers) {
  Session session = open(digits);
  const std::vector<std::int64_t> sizes = {8, 11, 16};
  std::vector<Tensor> inputs;
  std::vector<Tensor> expected;
  for (const std::int64_t size : sizes) {
    inputs.push_back(noise({2, size, size, 1}));
    expected.push_back(std::move(run(session, inputs.back())[0]));
  }
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t worker = 0; worker < wrong.size(); ++worker) {
    threads.emplace_back([&, worker] {
      for (std::size_t i = 0; i < 60; ++i) {
        const std::size_t which = (i + worker) % sizes.size();
        const Tensor output = std::move(run(session, inputs[which])[0]);
        const auto actual = output.as<float>();
        const auto wanted = expected[which].as<float>();
        wrong[worker] += std::equal(actual.begin(), actual.end(), wanted.begin()) ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, testing::Each(0));
}

TEST(Session, CallersFloatingPointModeIsRestored) {
  Session session = open(digits);
  run(session, noise({1, 8, 8, 1}));
  volatile float smallest_normal = std::numeric_limits<float>::min();
  EXPECT_GT(smallest_normal / 2, 0.0F) << "denormals are flushed after a run";
}

TEST(Session, GpuWithoutOneFailsWithTheReason) {
  const auto reports = devices();
  const bool has_gpu = std::any_of(reports.begin(), reports.end(), [](const DeviceReport& report) {
    return report.available && report.info.name != "cpu";
  });
  if (has_gpu) return;  // gpu_check.sh covers machines that have one
  try {
    Session session(Model::load(digits), {.device = Device::gpu});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::device_unavailable);
    EXPECT_THAT(error.what(), testing::StartsWith("no GPU: "));
  }
  const Session fallback(Model::load(digits), {.device = Device::automatic});
  EXPECT_THAT(fallback.fallback_reason(), testing::StartsWith("no GPU: "));
  EXPECT_EQ(fallback.device().name, "cpu");
}

TEST(Model, MissingFileIsNamed) {
  try {
    Model::load("/nowhere/model.keras");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::file_not_readable);
    EXPECT_THAT(error.what(), testing::HasSubstr("/nowhere/model.keras"));
  }
}

TEST(Model, SummaryCountsParametersAsKeras) {
  const Summary summary = Model::load(digits).summary();
  std::int64_t total = 0;
  for (const LayerSummary& layer : summary.layers) total += layer.parameters;
  EXPECT_EQ(total, summary.trainable_parameters + summary.non_trainable_parameters);
  const auto flatten =
      std::find_if(summary.layers.begin(), summary.layers.end(),
                   [](const LayerSummary& layer) { return layer.class_name == "Flatten"; });
  ASSERT_NE(flatten, summary.layers.end());
  EXPECT_EQ(flatten->output_shapes[0].rfind("(None, ", 0), 0U);
}

}  // namespace
}  // namespace keraunos
