#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "keraunos/export.hpp"

namespace keraunos {

class Dim;  // internal

/// The size of an axis that may not be known before a batch arrives: a number, or a formula over
/// the model's None dimensions. Cheap to copy, immutable, safe to read from many threads.
class KERAUNOS_API Size {
 public:
  Size(std::int64_t number = 0);  // NOLINT: sizes are written as numbers
  explicit Size(const Dim& dim);

  /// The number, where nothing is unknown.
  std::optional<std::int64_t> number() const;
  /// "28", "(height-2)//2".
  std::string formula() const;
  const Dim& dim() const { return *dim_; }

  KERAUNOS_API friend Size operator+(const Size& a, const Size& b);
  KERAUNOS_API friend Size operator-(const Size& a, const Size& b);
  KERAUNOS_API friend Size operator*(const Size& a, const Size& b);
  /// Rounds down; the divisor is 1 or more.
  KERAUNOS_API friend Size operator/(const Size& a, std::int64_t divisor);

 private:
  std::shared_ptr<const Dim> dim_;
};

}  // namespace keraunos
