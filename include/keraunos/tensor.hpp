#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "keraunos/dtype.hpp"
#include "keraunos/export.hpp"

namespace keraunos {

/// The concrete sizes of a tensor, outermost axis first. Empty for a scalar.
using Dims = std::vector<std::int64_t>;

/// "(1, 28, 28, 1)", "(5,)", "()": as Python prints a shape.
KERAUNOS_API std::string to_string(std::span<const std::int64_t> dims);

/// The product of `dims`; throws Error where it is negative or does not fit in 63 bits.
KERAUNOS_API std::int64_t element_count(std::span<const std::int64_t> dims);

/// Where elements are: in host memory, or in the memory of the GPU that a session runs on.
enum class Memory { host, gpu };

/// Read-only access to dense row-major elements owned by somebody else, who must keep them alive
/// and unchanged for as long as the view is used. Rows are contiguous; there are no strides.
/// Elements in GPU memory begin at a multiple of 16 bytes.
struct TensorView {
  const void* data = nullptr;
  DType dtype = DType::float32;
  std::span<const std::int64_t> dims;
  Memory memory = Memory::host;
};

/// Writable access to such elements.
struct MutableTensorView {
  void* data = nullptr;
  DType dtype = DType::float32;
  std::span<const std::int64_t> dims;
  Memory memory = Memory::host;

  operator TensorView() const { return {data, dtype, dims, memory}; }  // NOLINT: may be implicit
};

/// An element of a string tensor: bytes, as a rule UTF-8, that stay where they are and as they are
/// for as long as anything refers to them. All zero is the empty string.
struct StringElement {
  const char* data = nullptr;
  std::size_t size = 0;

  std::string_view view() const { return {data, size}; }
};

/// Owns dense row-major elements in host memory, aligned to 64 bytes and zero when new.
/// Movable, not copyable (`clone` copies). One thread may write, or many may read.
class KERAUNOS_API Tensor {
 public:
  Tensor() = default;
  Tensor(DType dtype, Dims dims);
  /// A string tensor with a copy of `values`, as many as `dims` hold.
  static Tensor of_strings(Dims dims, std::span<const std::string_view> values);

  DType dtype() const { return dtype_; }
  const Dims& dims() const { return dims_; }
  std::int64_t size() const { return element_count(dims_); }
  std::size_t bytes() const { return static_cast<std::size_t>(size()) * size_of(dtype_); }

  const void* data() const { return data_.get(); }
  void* data() { return data_.get(); }

  /// The elements as `T`, which must have the size of one element.
  template <typename T>
  std::span<const T> as() const {
    return {static_cast<const T*>(data()), static_cast<std::size_t>(size())};
  }
  template <typename T>
  std::span<T> as() {
    return {static_cast<T*>(data()), static_cast<std::size_t>(size())};
  }

  TensorView view() const { return {data(), dtype_, dims_, Memory::host}; }
  MutableTensorView view() { return {data(), dtype_, dims_, Memory::host}; }

  Tensor clone() const;

  /// Moves the bytes of a string tensor's elements, whoever's they were, into memory that lives as
  /// long as the tensor and its clones.
  void own_strings();

  /// A new tensor with each element converted as numpy's `astype` does (floats to integers
  /// truncate towards zero). Strings convert to strings only.
  Tensor cast(DType dtype) const;

 private:
  struct Free {
    void operator()(void* memory) const;
  };

  DType dtype_ = DType::float32;
  Dims dims_;
  std::unique_ptr<void, Free> data_;
  std::shared_ptr<const void> string_bytes_;
};

/// Arrays by name in file order, as a .npz archive holds them.
using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

}  // namespace keraunos
