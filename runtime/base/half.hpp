#pragma once

#include <bit>
#include <cstdint>

// Conversions between float32 and the two 16-bit float formats, rounding to nearest even.

namespace keraunos {

constexpr float bfloat16_to_float(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

constexpr std::uint16_t float_to_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7fffffffU) > 0x7f800000U) return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
  const std::uint32_t nearest_even = 0x7fffU + ((bits >> 16) & 1U);
  return static_cast<std::uint16_t>((bits + nearest_even) >> 16);
}

constexpr float float16_to_float(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16;
  const std::uint32_t magnitude = bits & 0x7fffU;
  if (magnitude >= 0x7c00U) {  // infinity and NaN
    return std::bit_cast<float>(sign | 0x7f800000U | (magnitude & 0x3ffU) << 13);
  }
  // Subnormals count units of 2^-24. No float32 subnormal may appear on the way: kernels run with
  // those flushed to zero.
  const float value = magnitude < 0x400U ? static_cast<float>(magnitude) * 0x1p-24F
                                         : std::bit_cast<float>((magnitude << 13) + (112U << 23));
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(value));
}

constexpr std::uint16_t float_to_float16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000U);
  const std::uint32_t magnitude = bits & 0x7fffffffU;
  const auto with_sign = [sign](std::uint32_t half) {
    return static_cast<std::uint16_t>(sign | half);
  };
  if (magnitude > 0x7f800000U) return with_sign(0x7e00U);
  if (magnitude >= 0x477ff000U) return with_sign(0x7c00U);  // rounds to 65536 or more: infinity
  if (magnitude < 0x38800000U) {
    // Subnormal: adding 0.5 leaves a unit of 2^-24 in the last place, rounded to nearest even.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5F;
    return with_sign(std::bit_cast<std::uint32_t>(shifted) - 0x3f000000U);
  }
  const std::uint32_t nearest_even = 0xfffU + ((magnitude >> 13) & 1U);
  return with_sign((magnitude + nearest_even - 0x38000000U) >> 13);
}

}  // namespace keraunos
