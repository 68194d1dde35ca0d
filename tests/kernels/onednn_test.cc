#if KERAUNOS_ONEDNN

#include "kernels/cpu/onednn.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/cpu/onednn/kernels.hpp"
#include "tests/support/kernel_harness.hpp"

namespace keraunos::testing {
namespace {

NodeCase conv2d(Random& random, std::int64_t side, std::int64_t channels, std::int64_t filters,
                std::int64_t window, std::int64_t stride, std::int64_t groups) {
  const Window same = {window, stride, 1, Padding::same, 0, 0};
  NodeCase node = {Conv{{same, same}, groups, {}}, {}, {false, true, true}};
  node.inputs.push_back(random.tensor({2, side, side, channels}));
  node.inputs.push_back(random.tensor({window, window, channels / groups, filters}));
  node.inputs.push_back(random.tensor({filters}));
  return node;
}

std::string refusal(const KernelEntry& entry, const NodeCase& node) {
  const Verdict answer = verdict(entry, node);
  return answer ? "accepted" : answer.reason();
}

/// An entry refuses what oneDNN would run on its reference implementation, a thousand times slower.
TEST(OneDnn, HasAFastImplementationForEveryUsualConvolution) {
  Random random(1);
  for (const std::int64_t channels : {1, 3, 6, 16, 32, 64, 100}) {
    for (const std::int64_t filters : {1, 6, 10, 16, 32, 64}) {
      for (const std::int64_t window : {1, 3, 5, 7}) {
        for (const std::int64_t stride : {1, 2}) {
          const NodeCase node = conv2d(random, 28, channels, filters, window, stride, 1);
          const Verdict answer = verdict(cpu::onednn::conv(), node);
          EXPECT_TRUE(answer) << node.describe() << ": " << (answer ? "" : answer.reason());
        }
      }
    }
  }
  for (const std::int64_t channels : {16, 24, 96}) {
    const NodeCase depthwise = conv2d(random, 28, channels, channels, 3, 1, channels);
    EXPECT_TRUE(verdict(cpu::onednn::conv(), depthwise)) << depthwise.describe();
  }
}

TEST(OneDnn, HasAFastImplementationForEveryUsualProduct) {
  Random random(2);
  for (const std::int64_t vectors : {1, 7, 64}) {
    for (const std::int64_t columns : {1, 10, 128}) {
      const NodeCase node = {MatMul{},
                             tensors(random.tensor({vectors, 400}), random.tensor({400, columns})),
                             {false, true}};
      EXPECT_TRUE(verdict(cpu::onednn::matmul(), node)) << node.describe();
    }
  }
}

TEST(OneDnn, RefusalsSayWhy) {
  Random random(3);
  NodeCase node = conv2d(random, 8, 4, 4, 3, 1, 1);
  node.constant = {};
  EXPECT_EQ(refusal(cpu::onednn::conv(), node), "takes constant weights only");
  node.constant = {false, true, true};
  node.inputs[0] = Tensor(DType::float32, {0, 8, 8, 4});
  EXPECT_EQ(refusal(cpu::onednn::conv(), node), "takes no empty tensors");
  node.inputs[0] = Tensor(DType::float16, {1, 8, 8, 4});
  EXPECT_EQ(refusal(cpu::onednn::conv(), node), "computes float32 only");
}

TEST(OneDnn, ErrorsBecomeOurs) {
  try {
    cpu::onednn::translated([]() -> void { throw dnnl::error(dnnl_invalid_arguments, "no good"); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::device_failure);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("no good"));
    EXPECT_THAT(error.what(), ::testing::StartsWith("oneDNN " + cpu::onednn::version()));
  }
}

TEST(OneDnn, LayoutsHaveEqualNamesExactlyWhenTheyAreEqual) {
  using dnnl::memory;
  const auto layout = [](memory::dims dims, memory::format_tag tag) {
    return cpu::onednn::layout_name({dims, memory::data_type::f32, tag});
  };
  const std::string plain = layout({32, 32}, memory::format_tag::ab);
  EXPECT_EQ(plain, layout({32, 32}, memory::format_tag::ab));
  EXPECT_NE(plain, layout({32, 32}, memory::format_tag::ba));
  EXPECT_NE(plain, layout({32, 32}, memory::format_tag::AB16b16a));
  EXPECT_NE(plain, layout({32, 64}, memory::format_tag::ab));
}

}  // namespace
}  // namespace keraunos::testing

#endif
