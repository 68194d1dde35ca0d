#include "runtime/base/convert.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "runtime/base/fail.hpp"
#include "runtime/base/half.hpp"

namespace keraunos {
namespace {

// How each dtype is stored and which arithmetic type stands for it while converting.
struct Float16 {
  using Stored = std::uint16_t;
  static float load(Stored bits) { return float16_to_float(bits); }
  static Stored store(float value) { return float_to_float16(value); }
};

struct BFloat16 {
  using Stored = std::uint16_t;
  static float load(Stored bits) { return bfloat16_to_float(bits); }
  static Stored store(float value) { return float_to_bfloat16(value); }
};

struct Boolean {
  using Stored = std::uint8_t;
  static bool load(Stored value) { return value != 0; }
  static Stored store(bool value) { return value ? 1 : 0; }
};

template <typename T>
struct Plain {
  using Stored = T;
  static T load(T value) { return value; }
  static T store(T value) { return value; }
};

template <typename To, typename From>
To arithmetic_cast(From value) {
  if constexpr (std::is_same_v<To, bool>) {
    return value != From{0};
  } else if constexpr (std::is_integral_v<To> && std::is_floating_point_v<From>) {
    // Casting a float outside the target's range is undefined; x86 gives the lowest value.
    const double limit = std::ldexp(1.0, std::numeric_limits<To>::digits);
    const double below_lowest = std::is_signed_v<To> ? -limit - 1.0 : -1.0;
    const auto wide = static_cast<double>(value);
    return wide > below_lowest && wide < limit ? static_cast<To>(value)
                                               : std::numeric_limits<To>::lowest();
  } else {
    return static_cast<To>(value);
  }
}

template <typename Src, typename Dst>
void convert_elements(const void* src, void* dst, std::size_t count) {
  using To = decltype(Dst::load(typename Dst::Stored{}));
  const auto* bytes = static_cast<const unsigned char*>(src);
  auto* out = static_cast<typename Dst::Stored*>(dst);
  for (std::size_t i = 0; i < count; ++i) {
    typename Src::Stored stored;
    std::memcpy(&stored, bytes + i * sizeof stored, sizeof stored);
    out[i] = Dst::store(arithmetic_cast<To>(Src::load(stored)));
  }
}

template <typename Visitor>
void visit_dtype(DType dtype, Visitor&& visit) {
  switch (dtype) {
    case DType::float32: return visit(Plain<float>{});
    case DType::float16: return visit(Float16{});
    case DType::bfloat16: return visit(BFloat16{});
    case DType::float64: return visit(Plain<double>{});
    case DType::int8: return visit(Plain<std::int8_t>{});
    case DType::uint8: return visit(Plain<std::uint8_t>{});
    case DType::int16: return visit(Plain<std::int16_t>{});
    case DType::uint16: return visit(Plain<std::uint16_t>{});
    case DType::int32: return visit(Plain<std::int32_t>{});
    case DType::uint32: return visit(Plain<std::uint32_t>{});
    case DType::int64: return visit(Plain<std::int64_t>{});
    case DType::uint64: return visit(Plain<std::uint64_t>{});
    case DType::boolean: return visit(Boolean{});
    case DType::string: fail(ErrorCode::invalid_argument, "strings are no numbers: no conversion");
  }
  fail(ErrorCode::invalid_argument, "there is no dtype {}", static_cast<int>(dtype));
}

}  // namespace

void convert(const void* src, DType src_dtype, void* dst, DType dst_dtype, std::size_t count) {
  if (src_dtype == dst_dtype) {
    if (count > 0) std::memcpy(dst, src, count * size_of(src_dtype));
    return;
  }
  visit_dtype(src_dtype, [&](auto from) {
    visit_dtype(dst_dtype,
                [&](auto to) { convert_elements<decltype(from), decltype(to)>(src, dst, count); });
  });
}

}  // namespace keraunos
