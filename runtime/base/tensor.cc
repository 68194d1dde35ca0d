#include "keraunos/tensor.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "runtime/base/checked.hpp"
#include "runtime/base/convert.hpp"

namespace keraunos {

std::string to_string(std::span<const std::int64_t> dims) {
  return dims.size() == 1 ? fmt::format("({},)", dims[0])
                          : fmt::format("({})", fmt::join(dims, ", "));
}

std::int64_t element_count(std::span<const std::int64_t> dims) {
  std::int64_t count = 1;
  bool empty = false;
  for (const std::int64_t size : dims) {
    if (size < 0)
      fail(ErrorCode::invalid_argument, "shape {} has a negative size", to_string(dims));
    if (size == 0) {
      empty = true;
      continue;
    }
    const auto product = try_multiply(count, size);
    if (!product) {
      fail(ErrorCode::out_of_memory, "shape {} has more than 2^63 elements", to_string(dims));
    }
    count = *product;
  }
  return empty ? 0 : count;
}

Tensor::Tensor(DType dtype, Dims dims) : dtype_(dtype), dims_(std::move(dims)) {
  constexpr std::size_t alignment = 64;
  const auto count = static_cast<std::size_t>(size());
  const auto bytes = try_multiply(count, size_of(dtype));
  void* memory =
      bytes && *bytes < PTRDIFF_MAX - alignment
          ? std::aligned_alloc(alignment, round_up(std::max<std::size_t>(*bytes, 1), alignment))
          : nullptr;
  if (memory == nullptr) {
    fail(ErrorCode::out_of_memory, "no memory for a {} tensor of shape {}", to_string(dtype),
         to_string(dims_));
  }
  data_.reset(memory);
  std::memset(memory, 0, *bytes);
}

void Tensor::Free::operator()(void* memory) const { std::free(memory); }

Tensor Tensor::of_strings(Dims dims, std::span<const std::string_view> values) {
  Tensor tensor(DType::string, std::move(dims));
  const auto elements = tensor.as<StringElement>();
  if (elements.size() != values.size()) {
    fail(ErrorCode::invalid_argument, "{} strings for a tensor of shape {}", values.size(),
         to_string(tensor.dims_));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    elements[i] = {values[i].data(), values[i].size()};
  }
  tensor.own_strings();
  return tensor;
}

void Tensor::own_strings() {
  if (dtype_ != DType::string) return;
  std::size_t total = 0;
  for (const StringElement& element : as<StringElement>()) total += element.size;
  const auto bytes = std::make_shared<std::string>();
  bytes->reserve(total);
  for (StringElement& element : as<StringElement>()) {
    const std::size_t start = bytes->size();
    bytes->append(element.view());
    element.data = bytes->data() + start;
  }
  string_bytes_ = bytes;
}

Tensor Tensor::clone() const {
  Tensor copy(dtype_, dims_);
  if (bytes() > 0) std::memcpy(copy.data(), data(), bytes());
  copy.string_bytes_ = string_bytes_;
  return copy;
}

Tensor Tensor::cast(DType dtype) const {
  if (dtype == dtype_) return clone();
  Tensor result(dtype, dims_);
  convert(data(), dtype_, result.data(), dtype, static_cast<std::size_t>(size()));
  return result;
}

}  // namespace keraunos
