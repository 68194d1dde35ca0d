#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "keraunos/tensor.hpp"
#include "runtime/base/bytes.hpp"

namespace keraunos {

/// Dtype and concrete sizes of a tensor: what is known once a batch has been bound.
struct TensorDesc {
  DType dtype = DType::float32;
  Dims dims;

  std::int64_t size() const { return element_count(dims); }
  std::size_t bytes() const { return static_cast<std::size_t>(size()) * size_of(dtype); }

  friend bool operator==(const TensorDesc&, const TensorDesc&) = default;
};

/// A weight: row-major little-endian bytes in host memory, often inside the file mapping, and then
/// of any alignment. Immutable; its address is its identity.
struct Constant {
  std::string name;  // "layers/conv2d/kernel"
  TensorDesc desc;
  Bytes bytes;
  /// Where not empty: the value of a float32 element is what is stored times the entry for its
  /// index on the last axis. Folding a normalisation into a kernel sets this, so that the only copy
  /// of the kernel remains the packed one.
  std::vector<float> last_axis_scale;
};

/// The elements of a constant in host memory, aligned for their dtype and scaled. Points into
/// `constant`, which must outlive it, unless alignment or scale called for a copy.
class ConstantElements {
 public:
  explicit ConstantElements(const Constant& constant);
  const void* data() const { return data_; }
  bool is_copy() const { return copy_.data() != nullptr; }

 private:
  Tensor copy_;
  const void* data_;
};

/// A constant that owns a copy of `values`; `dims` must hold as many elements.
std::shared_ptr<const Constant> make_constant(std::string name, Dims dims,
                                              std::span<const float> values);
std::shared_ptr<const Constant> make_constant(std::string name, Tensor tensor);

}  // namespace keraunos
