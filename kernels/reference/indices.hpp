#pragma once

#include <cstdint>

#include "keraunos/dtype.hpp"
#include "runtime/base/fail.hpp"

namespace keraunos {

/// The numbers of a gather: int32 or int64, negative ones counting from the end of an axis.
class Indices {
 public:
  Indices(const void* data, DType dtype, std::int64_t axis_size)
      : data_(data), wide_(dtype == DType::int64), size_(axis_size) {}

  /// The cell that number `i` names; throws where the axis does not have it.
  std::int64_t checked(std::int64_t i) const {
    const std::int64_t cell = value(i);
    if (cell < -size_ || cell >= size_) {
      fail(ErrorCode::invalid_argument, "index {} is outside an axis of {} cells", cell, size_);
    }
    return cell < 0 ? cell + size_ : cell;
  }

  /// The same for a number that has been checked.
  std::int64_t operator[](std::int64_t i) const {
    const std::int64_t cell = value(i);
    return cell < 0 ? cell + size_ : cell;
  }

 private:
  std::int64_t value(std::int64_t i) const {
    return wide_ ? static_cast<const std::int64_t*>(data_)[i]
                 : static_cast<const std::int32_t*>(data_)[i];
  }

  const void* data_;
  bool wide_;
  std::int64_t size_;
};

}  // namespace keraunos
