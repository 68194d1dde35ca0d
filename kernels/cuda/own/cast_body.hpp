#pragma once

#include <type_traits>

#include "kernels/cuda/own/index_space.hpp"
#include "runtime/backend/kernel.hpp"
#include "runtime/base/half.hpp"

namespace keraunos::cuda {

/// `wide` as `convert` in runtime/base/convert.hpp does it: floats to integers truncate towards
/// zero, and give the lowest value where they are NaN or out of range.
template <typename To, typename Wide>
KERAUNOS_DEVICE To narrow_to(Wide wide) {
  if constexpr (std::is_integral_v<To> && std::is_floating_point_v<Wide>) {
    constexpr To lowest = std::numeric_limits<To>::lowest();
    constexpr Wide limit = 2 * static_cast<Wide>(std::numeric_limits<To>::max() / 2 + 1);
    constexpr Wide below_lowest = std::is_signed_v<To> ? -limit - 1 : -1;
    return wide > below_lowest && wide < limit ? static_cast<To>(wide) : lowest;
  } else {
    return static_cast<To>(wide);
  }
}

/// output[i] = input[i] in another dtype, through the widest type of its kind, which holds any
/// value exactly.
struct CastBody {
  DType from = DType::float32;
  DType to = DType::float32;
  std::int64_t size = 0;
  const void* input = nullptr;
  void* output = nullptr;

  void bind(const KernelArgs& args) {
    input = args.inputs[0];
    output = args.outputs[0];
  }

  std::int64_t count() const { return size; }

  KERAUNOS_DEVICE void operator()(std::int64_t i) const {
    switch (from) {
      case DType::float32: return store(static_cast<double>(load<float>(i)), i);
      case DType::float16: return store_float(float16_to_float(load<std::uint16_t>(i)), i);
      case DType::bfloat16: return store_float(bfloat16_to_float(load<std::uint16_t>(i)), i);
      case DType::float64: return store(load<double>(i), i);
      case DType::int8: return store<std::int64_t>(load<std::int8_t>(i), i);
      case DType::uint8: return store<std::int64_t>(load<std::uint8_t>(i), i);
      case DType::int16: return store<std::int64_t>(load<std::int16_t>(i), i);
      case DType::uint16: return store<std::int64_t>(load<std::uint16_t>(i), i);
      case DType::int32: return store<std::int64_t>(load<std::int32_t>(i), i);
      case DType::uint32: return store<std::int64_t>(load<std::uint32_t>(i), i);
      case DType::int64: return store<std::int64_t>(load<std::int64_t>(i), i);
      case DType::uint64: return store<std::uint64_t>(load<std::uint64_t>(i), i);
      case DType::boolean: return store<std::int64_t>(load<std::uint8_t>(i) != 0 ? 1 : 0, i);
      case DType::string: return;  // never on a GPU
    }
  }

 private:
  template <typename T>
  KERAUNOS_DEVICE T load(std::int64_t i) const {
    return static_cast<const T*>(input)[i];
  }

  KERAUNOS_DEVICE void store_float(float value, std::int64_t i) const {
    store(static_cast<double>(value), i);
  }

  template <typename Wide>
  KERAUNOS_DEVICE void store(Wide value, std::int64_t i) const {
    switch (to) {
      case DType::float32: return put<float>(value, i);
      case DType::float16:
        return put<std::uint16_t>(float_to_float16(static_cast<float>(value)), i);
      case DType::bfloat16:
        return put<std::uint16_t>(float_to_bfloat16(static_cast<float>(value)), i);
      case DType::float64: return put<double>(value, i);
      case DType::int8: return put<std::int8_t>(value, i);
      case DType::uint8: return put<std::uint8_t>(value, i);
      case DType::int16: return put<std::int16_t>(value, i);
      case DType::uint16: return put<std::uint16_t>(value, i);
      case DType::int32: return put<std::int32_t>(value, i);
      case DType::uint32: return put<std::uint32_t>(value, i);
      case DType::int64: return put<std::int64_t>(value, i);
      case DType::uint64: return put<std::uint64_t>(value, i);
      case DType::boolean: return put<std::uint8_t>(value != Wide{0} ? 1 : 0, i);
      case DType::string: return;
    }
  }

  template <typename T, typename Value>
  KERAUNOS_DEVICE void put(Value value, std::int64_t i) const {
    static_cast<T*>(output)[i] = narrow_to<T>(value);
  }
};

Verdict accepts_cast(const NodeView& node, const BuildOptions& options);
CastBody make_cast_body(const NodeView& node);

}  // namespace keraunos::cuda
