#include "kernels/cuda/own/weights.hpp"

#include <fmt/format.h>

#include "runtime/base/convert.hpp"

namespace keraunos::cuda {

const void* packed_filter(KernelBuild& build, std::size_t input, DType dtype, std::int64_t rows,
                          std::int64_t columns) {
  const std::string format = fmt::format("{} filter", to_string(dtype));
  const std::size_t bytes = static_cast<std::size_t>(rows * columns) * size_of(dtype);
  return build.packed(input, format, bytes, [&](const void* src, void* dst) {
    for_float_element<void>(dtype, [&](auto element) {
      using Element = decltype(element);
      pack_filter(static_cast<const float*>(src), static_cast<Element*>(dst), rows, columns);
    });
  });
}

const void* packed_as(KernelBuild& build, std::size_t input, const TensorDesc& desc, DType dtype) {
  if (dtype == desc.dtype) return build.raw(input);
  const auto count = static_cast<std::size_t>(desc.size());
  return build.packed(
      input, std::string(to_string(dtype)), count * size_of(dtype),
      [&](const void* src, void* dst) { convert(src, desc.dtype, dst, dtype, count); });
}

}  // namespace keraunos::cuda
