#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "keraunos/error.hpp"
#include "keraunos/log.hpp"
#include "keraunos/tensor.hpp"
#include "runtime/base/checked.hpp"
#include "runtime/base/half.hpp"
#include "runtime/base/log.hpp"

namespace keraunos {
namespace {

TEST(Error, JoinsItsContextOutermostFirst) {
  const auto work = [] {
    return within([] { return std::string("layer 'dense'"); },
                  []() -> int { fail(ErrorCode::malformed_file, "{} is missing", "units"); });
  };
  try {
    within([] { return std::string("model.keras"); }, work);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "model.keras: layer 'dense': units is missing");
    EXPECT_EQ(error.message(), "units is missing");
    EXPECT_EQ(error.code(), ErrorCode::malformed_file);
    EXPECT_EQ(error.context().size(), 2U);
  }
}

TEST(Checked, OverflowIsAnErrorAndNotANumber) {
  EXPECT_EQ(checked_add<std::int64_t>(2, 3), 5);
  EXPECT_THROW(checked_add<std::int64_t>(std::numeric_limits<std::int64_t>::max(), 1), Error);
  EXPECT_THROW(checked_multiply<std::uint64_t>(std::uint64_t{1} << 33, std::uint64_t{1} << 33),
               Error);
}

TEST(Checked, DivisionRoundsTowardsMinusInfinity) {
  EXPECT_EQ(floor_div(7, 2), 3);
  EXPECT_EQ(floor_div(-7, 2), -4);
  EXPECT_EQ(ceil_div(7, 2), 4);
  EXPECT_EQ(ceil_div(-7, 2), -3);
}

TEST(Half, EveryFloat16SurvivesTheRoundTrip) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = float16_to_float(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(float16_to_float(float_to_float16(value))));
    } else {
      ASSERT_EQ(float_to_float16(value), half) << value;
    }
  }
}

TEST(Half, RoundsToNearestEven) {
  EXPECT_EQ(float_to_float16(1.0F + 0x1p-11F), 0x3c00);  // a tie goes to the even neighbour
  EXPECT_EQ(float_to_float16(1.0F + 3 * 0x1p-11F), 0x3c02);
  EXPECT_EQ(float_to_float16(65519.0F), 0x7bff);
  EXPECT_EQ(float_to_float16(65520.0F), 0x7c00);  // infinity
  EXPECT_EQ(float_to_bfloat16(1.0F + 0x1p-8F), 0x3f80);
  EXPECT_EQ(float_to_bfloat16(1.0F + 3 * 0x1p-8F), 0x3f82);
  EXPECT_TRUE(std::isnan(bfloat16_to_float(float_to_bfloat16(NAN))));
}

TEST(Tensor, CastsAsNumpyDoes) {
  Tensor tensor(DType::float32, {4});
  const auto values = tensor.as<float>();
  values[0] = 1.9F;
  values[1] = -1.9F;
  values[2] = 300.0F;
  values[3] = NAN;
  const Tensor integers = tensor.cast(DType::int32);
  EXPECT_EQ(integers.as<std::int32_t>()[0], 1);
  EXPECT_EQ(integers.as<std::int32_t>()[1], -1);
  EXPECT_EQ(integers.as<std::int32_t>()[2], 300);
  EXPECT_EQ(integers.as<std::int32_t>()[3], std::numeric_limits<std::int32_t>::lowest());
  EXPECT_EQ(tensor.cast(DType::boolean).as<std::uint8_t>()[3], 1);
  EXPECT_EQ(integers.cast(DType::float64).as<double>()[2], 300.0);
}

TEST(Tensor, ImpossibleSizesAreErrors) {
  EXPECT_THROW(Tensor(DType::float32, {-1}), Error);
  EXPECT_THROW(Tensor(DType::float32, {std::int64_t{1} << 40, std::int64_t{1} << 40}), Error);
  EXPECT_THROW(Tensor(DType::float32, {std::int64_t{1} << 60}), Error);
  EXPECT_EQ(Tensor(DType::float32, {0, std::int64_t{1} << 60}).size(), 0);
}

TEST(Tensor, ShapesPrintAsInPython) {
  EXPECT_EQ(to_string(Dims{}), "()");
  EXPECT_EQ(to_string(Dims{5}), "(5,)");
  EXPECT_EQ(to_string(Dims{1, 28, 28}), "(1, 28, 28)");
}

TEST(DType, NamesAreKerass) {
  for (std::size_t i = 0; i < dtype_count; ++i) {
    const auto dtype = static_cast<DType>(i);
    EXPECT_EQ(dtype_from_name(to_string(dtype)), dtype);
  }
  EXPECT_FALSE(dtype_from_name("float12"));
}

TEST(Log, GoesToTheInstalledSink) {
  std::string seen;
  set_log_sink([&](LogLevel, std::string_view line) { seen = line; });
  log_warning("key '{}' is not known", "colour");
  set_log_sink({});
  log_warning("dropped");
  EXPECT_EQ(seen, "key 'colour' is not known");
}

}  // namespace
}  // namespace keraunos
