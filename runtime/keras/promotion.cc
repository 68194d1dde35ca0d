#include "runtime/keras/promotion.hpp"

namespace keraunos::keras {
namespace {

bool is_unsigned(DType dtype) {
  return dtype == DType::uint8 || dtype == DType::uint16 || dtype == DType::uint32 ||
         dtype == DType::uint64;
}

// The signed integer that holds every number of an unsigned one.
DType signed_beyond(DType dtype) {
  switch (dtype) {
    case DType::uint8: return DType::int16;
    case DType::uint16: return DType::int32;
    case DType::uint32: return DType::int64;
    default: return DType::float32;
  }
}

DType wider(DType a, DType b) { return size_of(a) >= size_of(b) ? a : b; }

}  // namespace

DType promoted(DType a, DType b) {
  if (a == b) return a;
  if (is_floating(a) || is_floating(b)) return DType::float32;
  if (a == DType::boolean) return b;
  if (b == DType::boolean) return a;
  if (is_unsigned(a) == is_unsigned(b)) return wider(a, b);
  const DType holds_unsigned = signed_beyond(is_unsigned(a) ? a : b);
  if (holds_unsigned == DType::float32) return holds_unsigned;
  return wider(holds_unsigned, is_unsigned(a) ? b : a);
}

}  // namespace keraunos::keras
