#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "runtime/keras/promotion.hpp"

namespace keraunos::keras {
namespace {

// The dtypes in the order of DType, by one letter each; then Python's int and float.
constexpr std::string_view letters = "fhbdAaCcIiLl?";

// What keras.backend.result_type of Keras 3.15 gives for every pair.
constexpr std::array<std::string_view, 15> results = {
    "fffdfffffffffff",  // float32
    "fhfdhhhhhhhhhhh",  // float16
    "ffbdbbbbbbbbbbb",  // bfloat16
    "ddddddddddddddd",  // float64
    "fhbdACCIILLfAAf",  // int8
    "fhbdCaCcIiLiaaf",  // uint8
    "fhbdCCCIILLfCCf",  // int16
    "fhbdIcIcIiLiccf",  // uint16
    "fhbdIIIIILLfIIf",  // int32
    "fhbdLiLiLiLiiif",  // uint32
    "fhbdLLLLLLLfLLf",  // int64
    "fhbdfifififiiif",  // uint64
    "fhbdAaCcIiLi?If",  // bool
    "fhbdAaCcIiLiIIf",  // int
    "fhbdfffffffffff",  // float
};

// Strings, the last dtype, are no numbers.
constexpr std::size_t number_count = static_cast<std::size_t>(DType::string);

NumericType type(std::size_t i) {
  if (i == number_count) return python_int;
  if (i == number_count + 1) return python_float;
  return {static_cast<DType>(i)};
}

TEST(Promotion, IsKerass) {
  for (std::size_t a = 0; a < results.size(); ++a) {
    for (std::size_t b = 0; b < results.size(); ++b) {
      const DType result = result_type({type(a), type(b)});
      EXPECT_EQ(letters[static_cast<std::size_t>(result)], results[a][b])
          << to_string(type(a).dtype) << (type(a).weak ? " (weak)" : "") << " and "
          << to_string(type(b).dtype) << (type(b).weak ? " (weak)" : "");
    }
  }
}

TEST(Promotion, OfOneType) {
  EXPECT_EQ(result_type({python_int}), DType::int32);
  EXPECT_EQ(result_type({python_float}), DType::float32);
  EXPECT_EQ(result_type({{DType::uint64}}), DType::uint32);
  EXPECT_EQ(result_type({{DType::boolean}, python_float}), DType::float32);
}

}  // namespace
}  // namespace keraunos::keras
